from __future__ import annotations

from actas.throttle import MOST_KEPT, Throttle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_burst_one_more_may_be_tried_every_so_often() -> None:
    clock = Clock()
    throttle = Throttle(burst=3, seconds_each=10, now=clock)
    assert [throttle.take("a") for _ in range(4)] == [0, 0, 0, 10]
    assert throttle.take("b") == 0
    clock.now = 4
    assert throttle.take("a") == 6
    clock.now = 10
    assert [throttle.take("a") for _ in range(2)] == [0, 10]
    clock.now = 1000
    assert [throttle.take("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_what_is_given_back_does_not_count() -> None:
    throttle = Throttle(burst=1, seconds_each=10, now=Clock())
    assert throttle.take("a") == 0
    throttle.give_back("a")
    throttle.give_back("a")
    assert [throttle.take("a") for _ in range(2)] == [0, 10]


def test_a_flood_of_keys_does_not_fill_the_memory() -> None:
    throttle = Throttle(burst=1, seconds_each=10, now=Clock())
    for number in range(MOST_KEPT + 10):
        throttle.take(str(number))
    assert len(throttle._buckets) == MOST_KEPT
