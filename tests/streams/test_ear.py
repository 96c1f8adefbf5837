from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.ear import Ear
from streams.segments import FRAME_SAMPLES, Edge
from streams.settings import VadSettings


def listen(kit, frames, *, probe=None):
    ear = Ear(VadSettings(), 240, probe or kit.LoudnessProbe())
    return ear, [step for frame in frames for step in ear.feed(frame)]


def edges(steps):
    return [(step.edge.kind, step.edge.at_sample // FRAME_SAMPLES) for step in steps if step.edge]


def test_every_frame_is_told_once_and_in_order(kit):
    ear, steps = listen(kit, kit.frames(kit.sound([(320, 960)], 2000)))
    starts = [heard.start_sample for step in steps for heard in step.frames]
    assert starts == list(range(0, 62 * 512, 512))
    assert edges(steps) == [("started", 10), ("ended", 30)]
    voiced = [heard.start_sample // 512 for step in steps for heard in step.frames if heard.voiced]
    assert voiced == list(range(10, 30))
    assert ear.now_sample == 62 * 512
    assert ear.end_sample == 32_000
    assert len(ear.read(0, 100)) == 100


def test_frames_are_held_back_until_it_is_known_whether_they_are_speech(kit):
    _, steps = listen(kit, kit.frames(kit.sound([(320, 384)], 800)))
    assert [len(step.frames) for step in steps[9:14]] == [1, 0, 0, 3, 1]
    assert not any(heard.voiced for step in steps for heard in step.frames)


def test_what_is_going_on_can_be_asked(kit):
    ear, _ = listen(kit, kit.frames(kit.sound([(320, 352)], 352)))
    assert (ear.stirring, ear.speaking, ear.voiced) == (True, False, False)
    ear, _ = listen(kit, kit.frames(kit.sound([(320, 640)], 640)))
    assert (ear.stirring, ear.speaking, ear.voiced) == (False, True, True)
    ear, _ = listen(kit, kit.frames(kit.sound([(320, 640)], 704)))
    assert (ear.speaking, ear.voiced) == (True, False)


def test_a_hole_ends_speech_and_starts_the_model_anew(kit):
    probe = kit.LoudnessProbe()
    pcm = kit.sound([(0, 640)], 640)
    _, steps = listen(kit, [*kit.frames(pcm), *kit.frames(pcm, started_ms=3200)], probe=probe)
    assert edges(steps) == [("started", 0), ("ended", 20), ("started", 100)]
    assert probe.resets == 1


def test_the_source_breaking_off_ends_speech(kit):
    ear, _ = listen(kit, kit.frames(kit.sound([(0, 640)], 640)))
    assert ear.break_off().edge == Edge("ended", 20 * 512)
    ear, _ = listen(kit, kit.frames(kit.sound([(576, 640)], 640)))
    step = ear.break_off()
    assert step.edge is None
    assert [heard.voiced for heard in step.frames] == [False, False]


def test_the_last_piece_is_listened_to_as_well(kit):
    ear, steps = listen(kit, kit.frames(kit.sound([(0, 80)], 80)))
    assert edges(steps) == []
    assert edges(ear.flush()) == [("started", 0)]


def test_the_model_is_not_asked_about_digital_silence(kit):
    probe = kit.LoudnessProbe()
    listen(kit, kit.frames(bytes(2 * 16_000)), probe=probe)
    assert probe.frames == 0


def test_the_model_starts_anew_every_two_seconds_of_silence(kit):
    probe = kit.LoudnessProbe()
    listen(kit, kit.frames(kit.sound([], 7000)), probe=probe)
    assert probe.resets == 3


def test_the_model_is_not_asked_about_a_line_whose_level_is_known(kit):
    probe = kit.LoudnessProbe()
    _, steps = listen(kit, kit.frames(kit.sound([(6400, 7040)], 8000)), probe=probe)
    # The first second, half a second before the voice, the voice and what is behind it.
    assert probe.frames <= 32 + 16 + 20 + 31
    assert edges(steps) == [("started", 200), ("ended", 220)]
    assert [heard.start_sample for step in steps for heard in step.frames] == list(range(0, 250 * 512, 512))


def test_voice_and_speaker_can_be_forgotten(kit):
    probe = kit.LoudnessProbe()
    ear, _ = listen(kit, kit.frames(kit.sound([(0, 640)], 640)), probe=probe)
    ear.forget_voice()
    assert (probe.resets, ear.speaking) == (1, True)
    ear.reset()
    assert (probe.resets, ear.speaking) == (2, False)


def heard_and_when(kit, frames, *, patient):
    """Frames, edges with the number of packets after which each was known, and how often the model ran."""
    probe = kit.LoudnessProbe()
    ear = Ear(VadSettings(), 240, probe)
    ear.patient = patient
    heard, edges = [], []
    for number, frame in enumerate(frames):
        for step in ear.feed(frame):
            heard += step.frames
            edges += [(number, step.edge)] if step.edge else []
    for step in (*ear.catch_up(), *ear.flush(), *ear.catch_up()):
        heard += step.frames
        edges += [(len(frames), step.edge)] if step.edge else []
    return (heard, edges, ear.now_sample), probe


lengths_ms = st.lists(st.integers(10, 900), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lengths_ms=lengths_ms, packet_ms=st.sampled_from([20, 60, 200]))
def test_patience_changes_neither_what_is_heard_nor_when_an_edge_is_known(kit, lengths_ms, packet_ms):
    at_ms, spans = 0, []
    for silent_ms, voiced_ms in zip(lengths_ms[::2], lengths_ms[1::2], strict=False):
        spans.append((at_ms + silent_ms, at_ms + silent_ms + voiced_ms))
        at_ms += silent_ms + voiced_ms
    frames = list(kit.frames(kit.sound(spans, at_ms + 700), sizes=[packet_ms * 16]))
    hurried, often = heard_and_when(kit, frames, patient=False)
    patient, seldom = heard_and_when(kit, frames, patient=True)
    assert patient == hurried
    assert seldom.frames == often.frames
    assert seldom.runs <= often.runs


def test_the_model_hears_several_frames_at_once_where_nothing_hangs_on_them(kit):
    frames = list(kit.frames(kit.sound([(320, 3520)], 4000)))
    _, often = heard_and_when(kit, frames, patient=False)
    _, seldom = heard_and_when(kit, frames, patient=True)
    assert often.runs == often.frames == 125
    # Three at a time before speech, four at a time in it, each by itself where it begins and ends.
    assert seldom.runs < 50


def test_a_patient_ear_catches_up_before_a_hole(kit):
    pcm = kit.sound([(0, 640)], 640)
    probe = kit.LoudnessProbe()
    ear = Ear(VadSettings(), 240, probe)
    ear.patient = True
    steps = [step for frame in [*kit.frames(pcm), *kit.frames(pcm, started_ms=3200)] for step in ear.feed(frame)]
    assert edges(steps)[:2] == [("started", 0), ("ended", 20)]
    assert probe.resets == 1
