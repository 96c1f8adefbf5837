from sidecar.bench.conversation import Conversation
from sidecar.bench.sender import Sender
from sidecar.bench.watch import Stopwatch


async def sent(clock_s, talk):
    watch, got = Stopwatch(clock_s), []

    async def put(frame):
        got.append(frame)

    sender = Sender(talk, "c", watch)
    await sender.run(put)
    return sender, got


async def test_every_frame_is_sent_in_its_order_and_reading_is_told_apart():
    talk = Conversation(300)
    sender, got = await sent(lambda: 0.0, talk)
    assert got == list(talk.frames("c"))
    assert sender.late == 0
    assert sender.cpu_s > 0


async def test_a_sender_that_was_held_up_says_so():
    now_s = iter([0.0, *[60.0] * 100])
    sender, got = await sent(lambda: next(now_s), Conversation(300))
    assert sender.late == len(got) == 30
