import json
import subprocess
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.config import Config
from conftest import ROOT, Emulator, until

APRIL = datetime(2013, 4, 1, tzinfo=timezone.utc)
MAY = datetime(2013, 5, 1, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def driven(tmp_path_factory):
    emulator = Emulator(tmp_path_factory.mktemp("driven"), CLOCK_AT="2013-04-01T00:00:00Z", AUTH="true")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    emulator.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [trust]}))
    yield emulator
    emulator.stop()


def clock(emulator, body=None):
    """Ask for the time, or move it: the status and what is answered."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{emulator.port}/_leeboard/clock", data=data) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def move(emulator, moment):
    status, answer = clock(emulator, {"at": moment.isoformat()})
    assert status == 200, answer
    return datetime.fromisoformat(answer["at"].replace("Z", "+00:00"))


def soon_after(moment, found, seconds=30):
    return moment - timedelta(seconds=1) <= found <= moment + timedelta(seconds=seconds)


def put(emulator):
    s3, bucket = emulator.client("s3"), emulator.bucket(a="1")
    return s3.head_object(Bucket=bucket, Key="a")["LastModified"]


def test_time_is_the_one_it_was_told_and_goes_on_by_itself(driven):
    move(driven, APRIL)
    assert soon_after(APRIL, put(driven))
    first = datetime.fromisoformat(clock(driven)[1]["at"].replace("Z", "+00:00"))
    time.sleep(1)
    passed = datetime.fromisoformat(clock(driven)[1]["at"].replace("Z", "+00:00")) - first
    assert 0.9 < passed.total_seconds() < 3
    assert soon_after(MAY, move(driven, MAY))
    assert soon_after(MAY, put(driven))
    assert soon_after(APRIL, move(driven, APRIL))
    assert soon_after(APRIL, put(driven))


def test_refuses_a_moment_without_zone_and_says_what_it_takes(driven):
    for body in ({"at": "2013-05-01T00:00:00"}, {"at": "May"}, {"at": 5}, {}, []):
        status, answer = clock(driven, body)
        assert (status, '{"at": "<moment, ISO 8601 with zone>"}' in answer["message"]) == (400, True), body


def test_no_clock_to_drive_unless_started_with_one(aws):
    assert clock(aws)[0] == 404
    assert clock(aws, {"at": "2013-05-01T00:00:00Z"})[0] == 404
    assert abs((put(aws) - datetime.now(timezone.utc)).total_seconds()) < 5


TELL = """
const { fork } = require("node:child_process"), { Worker } = require("node:worker_threads");
const { writeFileSync } = require("node:fs"), { join } = require("node:path");
const file = join(__dirname, "other.js");
writeFileSync(file, `const send = process.send ? (m) => process.send(m) : (m) => require("node:worker_threads").parentPort.postMessage(m);
  send(new Date().toISOString());`);
const said = (other) => new Promise((done, fail) => other.once("message", done).once("error", fail));
exports.handler = async ({ others } = {}) => ({
  pid: process.pid, now: new Date(Date.now()).toISOString(), made: new Date().toISOString(), text: Date(),
  child: others && await said(fork(file, [], { env: { PATH: process.env.PATH } })), worker: others && await said(new Worker(file)),
});"""


@pytest.mark.repair("clock_of_functions")
def test_functions_their_children_and_workers_have_the_time_at_once(driven):
    move(driven, APRIL)
    name = driven.function(TELL, Environment={"Variables": {"NODE_OPTIONS": "--enable-source-maps"}})

    def told(answer):
        return [datetime.fromisoformat(answer[key].replace("Z", "+00:00"))
                for key in ("now", "made", "child", "worker") if answer.get(key)]
    first = driven.invoke(name, {"others": True})
    assert len(told(first)) == 4 and all(soon_after(APRIL, at) for at in told(first)), first
    assert first["text"].startswith("Mon Apr 01 2013")
    for moment in (MAY, APRIL, MAY):
        move(driven, moment)
        then = driven.invoke(name, {})
        assert all(soon_after(moment, at) for at in told(then)), then
        assert then["pid"] == first["pid"]
    assert all(soon_after(MAY, at) for at in told(driven.invoke(name, {"others": True})))


def test_the_date_of_functions_is_a_date_in_all_else(tmp_path):
    (tmp_path / "clock.cjs").write_text((ROOT / "emulator/clock.cjs").read_text())
    (tmp_path / "offset").write_bytes(b"\0" * 8)
    check = """
    const assert = require("node:assert"), { types } = require("node:util");
    class Mine extends Date {}
    for (const made of [new Date(), new Date(0), new Date(2013, 3, 1), new Mine(), new Mine(5)]) {
      assert(made instanceof Date && types.isDate(made) && !Number.isNaN(made.getTime()));
      assert.strictEqual(made.constructor, made instanceof Mine ? Mine : Date);
    }
    assert.strictEqual(new Mine(5).getTime(), 5);
    assert.strictEqual(new Date("2013-04-01").toISOString(), "2013-04-01T00:00:00.000Z");
    assert.strictEqual(new Date(new Date(7)).getTime(), 7);
    assert(Number.isNaN(new Date(undefined).getTime()));
    assert.strictEqual(typeof Date(5), "string");
    assert.deepStrictEqual([Date.UTC(2013, 3, 1), Date.parse("2013-04-01"), Date.length, Date.name], [1364774400000, 1364774400000, 7, "Date"]);
    """
    subprocess.run(["node", "--require", str(tmp_path / "clock.cjs"), "-e", check], check=True)


@pytest.mark.repair("clock_of_callers")
def test_callers_sign_with_the_time_they_have(driven):
    move(driven, APRIL)
    iam = driven.client("iam")
    iam.create_user(UserName="caller")
    iam.put_user_policy(UserName="caller", PolicyName="all", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    key = iam.create_access_key(UserName="caller")["AccessKey"]
    undriven = boto3.client("sqs", endpoint_url=f"http://127.0.0.1:{driven.port}", region_name="us-east-1",
                            aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
                            config=Config(retries={"total_max_attempts": 1}))
    for moment in (APRIL, MAY):
        move(driven, moment)
        assert undriven.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.repair("clock_ends_waits")
def test_wait_ends_when_the_clock_is_moved_beyond_it(driven):
    move(driven, APRIL)
    sfn = driven.client("stepfunctions")
    waits = [{"Type": "Wait", "Seconds": 86400, "End": True}, {"Type": "Wait", "Timestamp": "2013-04-03T00:00:00Z", "End": True}]
    runs = [sfn.start_execution(stateMachineArn=driven.machine({"StartAt": "W", "States": {"W": wait}}))["executionArn"]
            for wait in waits]
    time.sleep(0.5)
    assert [sfn.describe_execution(executionArn=run)["status"] for run in runs] == ["RUNNING", "RUNNING"]
    move(driven, APRIL + timedelta(days=1, hours=1))
    first = driven.finish(runs[0], 3)
    assert first["status"] == "SUCCEEDED"
    assert soon_after(APRIL, first["startDate"]) and soon_after(APRIL + timedelta(days=1, hours=1), first["stopDate"])
    assert sfn.describe_execution(executionArn=runs[1])["status"] == "RUNNING"
    move(driven, MAY)
    assert driven.finish(runs[1], 3)["status"] == "SUCCEEDED"


def test_wait_lasts_no_longer_when_the_clock_is_moved_back(driven):
    move(driven, MAY)
    sfn = driven.client("stepfunctions")
    machine = driven.machine({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3, "End": True}}})
    run = sfn.start_execution(stateMachineArn=machine)["executionArn"]
    move(driven, APRIL)
    assert driven.finish(run, 8)["status"] == "SUCCEEDED"


def rule(emulator, schedule):
    url, arn = emulator.queue()
    events, name = emulator.client("events"), url.rsplit("/", 1)[-1]
    events.put_rule(Name=name, ScheduleExpression=schedule)
    events.put_targets(Rule=name, Targets=[{"Id": "q", "Arn": arn}])
    return url


def fired(emulator, url, seconds=22):
    """The times of the events that came in two ticks of the scheduler."""
    sqs, times = emulator.client("sqs"), []
    until(lambda: times.extend(json.loads(m["Body"])["time"] for m in sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])), seconds, 0.5)
    return times


def test_schedule_fires_once_after_a_jump_over_many_of_its_times(driven):
    move(driven, APRIL)
    urls = [rule(driven, "rate(1 hour)"), rule(driven, "cron(30 * * * ? *)")]
    time.sleep(11)  # the scheduler has seen them
    move(driven, MAY)
    times = fired(driven, urls[0])
    assert len(times) == 1 and times[0].startswith("2013-05-01T00:00"), times
    assert len(fired(driven, urls[1], 2)) == 1


@pytest.mark.repair("clock_moved_back")
def test_schedules_and_messages_go_on_after_a_move_back(driven):
    move(driven, MAY)
    hourly, (url, _) = rule(driven, "rate(1 hour)"), driven.queue()
    sqs = driven.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="again")
    assert sqs.receive_message(QueueUrl=url, VisibilityTimeout=2)["Messages"]
    time.sleep(11)
    move(driven, APRIL)
    assert driven.receive(url, 3)["Body"] == "again"
    move(driven, APRIL + timedelta(hours=1))
    assert fired(driven, hourly)[0].startswith("2013-04-01T01:00")


@pytest.mark.repair("clock_keeps_warm")
def test_functions_stay_warm_over_a_move(driven):
    move(driven, APRIL)
    name = driven.function("exports.handler = async () => process.pid")
    pid = driven.invoke(name)
    move(driven, MAY)
    time.sleep(6)  # idle workers are looked for every 5 s
    assert driven.invoke(name) == pid
