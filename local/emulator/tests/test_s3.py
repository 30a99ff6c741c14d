import json

import pytest


@pytest.mark.repair("s3_event_version")
def test_event_names_the_version_of_the_object(aws):
    s3, events, (url, arn), bucket = aws.client("s3"), aws.client("events"), aws.queue(), aws.bucket()
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}})
    events.put_rule(Name=f"v-{bucket}", EventPattern=json.dumps({"source": ["aws.s3"], "detail": {"bucket": {"name": [bucket]}}}))
    events.put_targets(Rule=f"v-{bucket}", Targets=[{"Id": "1", "Arn": arn}])
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"]
    assert json.loads(aws.receive(url)["Body"])["detail"]["object"]["version-id"] == version
