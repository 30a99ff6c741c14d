"""S3: events."""
from ministack.services import s3

from emulator.patching import edit, repair


@repair
def s3_event_version():
    """AWS names the object's version in an event of a versioned bucket; ministack leaves it out for EventBridge."""
    edit(s3, "_fire_s3_event",
         ('                if reason is not None:\n                    detail["reason"] = reason\n',
          '                if version_id:\n                    detail["object"]["version-id"] = version_id\n'
          '                if reason is not None:\n                    detail["reason"] = reason\n'))
