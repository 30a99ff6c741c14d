"""What has to be repaired when the clock is driven (clock.py); otherwise these change nothing."""
import time

from ministack.core import lambda_runtime as runtime
from ministack.core import sigv4
from ministack.services import eventbridge, scheduler, sqs
from ministack.services import stepfunctions as sfn

from emulator import clock
from emulator.patching import edit, relies_on, repair, wrap


@repair
def clock_of_functions():
    """AWS has one time; a Node function of ministack has the machine's, not the driven clock's."""
    def with_clock(variables):
        return {**variables, "NODE_OPTIONS": clock.node_options(variables.get("NODE_OPTIONS", ""))} \
            if clock.is_driven() else variables
    edit(runtime.Worker, "_spawn", ("    spawn_env = {**os.environ, **env_vars}\n",
                                    "    env_vars = with_clock(env_vars)\n"
                                    "    spawn_env = {**os.environ, **env_vars}\n"), with_clock=with_clock)


@repair
def clock_of_callers():
    """AWS refuses a signature of another time; callers of a driven emulator have the machine's."""
    @wrap(sigv4, "request_time_failure")
    def failure(upstream, signature, now=None):
        return None if clock.is_driven() else upstream(signature, now=now)


@repair
def clock_ends_waits():
    """A Wait of AWS ends at its time; ministack's sleeps on when the clock is moved beyond it."""
    edit(sfn, "_scaled_sleep", ("time.sleep(scaled)", "sleep_by_clock(scaled)"), sleep_by_clock=clock.sleep)


@repair
def clock_moved_back():
    """What ministack has put off (schedules, messages under way) would else wait until the clock is there again."""
    relies_on(eventbridge, "_tick_scheduled_rules")
    relies_on(scheduler, "_tick_schedules")
    relies_on(sqs, "_collect_msgs")

    def shift(seconds):
        if seconds >= 0:
            return
        for fired in (eventbridge._rule_last_fired, scheduler._schedule_last_fired):
            for key in list(fired):
                fired[key] += seconds
        for queue in list(sqs._queues._data.values()):
            for message in queue["messages"]:
                message["visible_at"] += seconds
    clock.when_moved(shift)


@repair
def clock_keeps_warm():
    """A warm function stays warm over a move: ministack would count the distance as idle time."""
    relies_on(runtime, "reap_idle_workers")

    def shift(seconds):
        for workers in list(runtime._workers.values()):
            for worker in workers:
                worker.last_used = worker.last_used + seconds if seconds > 0 else min(worker.last_used, time.time())
    clock.when_moved(shift)
