"""Roads between machines: requests and answers are delayed, lost, cut, doubled, and overtake each other.

An exchange is one HTTP connection: whoever asked is answered once, or gives up after the production channel's own
deadlines. What was sent arrives all the same, perhaps hours after its sender gave up, perhaps twice.
"""

from collections.abc import Callable
from dataclasses import dataclass

from photocore.errors import ChannelDown
from photocore.seams import HttpRequest, HttpResponse
from sync.channel import CONNECT_S, TOTAL_S
from twincheck.simulate.ground import Ground
from twincheck.simulate.loop import HOUR, MINUTE, SECOND

Server = Callable[[HttpRequest], HttpResponse]
"""Whoever answers; raises ChannelDown when no answer comes of it, though the work may be done."""

OnEnd = Callable[[HttpResponse | ChannelDown], None]

PORTAL = b"<html><body>Welcome to the shop's free network! Please log in.</body></html>"

_CONNECT_MS = int(CONNECT_S * SECOND)
_TOTAL_MS = int(TOTAL_S * SECOND)


@dataclass
class Weather:
    """How a road is now; the first five are probabilities. ``is_mute`` lets requests through and no answer back."""

    lost: float = 0.004
    reply_lost: float = 0.004
    cut: float = 0.002
    doubled: float = 0.004
    late: float = 0.002
    is_down: bool = False
    is_mute: bool = False
    is_portal: bool = False

    @property
    def is_open(self) -> bool:
        """Whether an answer has a chance to come."""
        return not (self.is_down or self.is_mute or self.is_portal)


CALM = Weather(lost=0.0, reply_lost=0.0, cut=0.0, doubled=0.0, late=0.0)
"""A network that is healed."""

STORM = Weather(lost=0.3, reply_lost=0.3, cut=0.1, doubled=0.2, late=0.1)


@dataclass(eq=False)
class _Exchange:
    request: HttpRequest
    on_end: OnEnd
    number: int
    is_over: bool = False


class Road:
    """The road from one machine to whoever answers it."""

    def __init__(self, ground: Ground, name: str, server: Server) -> None:
        self.weather = Weather()
        self.server = server
        self._loop = ground.loop
        self._tally = ground.tally
        self._dice = ground.draws.stream(f"road {name}")
        self._sent = 0
        self._newest_arrived = 0

    def send(self, request: HttpRequest, on_end: OnEnd) -> None:
        """Send ``request``; ``on_end`` gets the answer, or why there is none, once."""
        self._tally.note("messages sent")
        self._sent += 1
        exchange = _Exchange(request, on_end, self._sent)
        if self.weather.is_down:
            self._tally.note("messages without a road")
            self._end_after(_CONNECT_MS, exchange, ChannelDown("no road"))
        elif self.weather.is_portal:
            status = self._dice.pick((200, 302, 511))
            answer = HttpResponse(status=status, headers={"content-type": "text/html"}, body=PORTAL)
            self._tally.note("answers of a portal")
            self._end_after(self._delay(), exchange, answer)
        else:
            self._end_after(_TOTAL_MS, exchange, ChannelDown("no whole answer came in time"))
            self._carry(exchange)

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Ask and be answered within one moment: for a question somebody waits for at the counter. A Channel's verb."""
        weather = self.weather
        if not weather.is_open or self._dice.chance(weather.lost + weather.reply_lost):
            raise ChannelDown("no answer at the counter")
        return self.server(request)

    def _carry(self, exchange: _Exchange) -> None:
        weather, dice = self.weather, self._dice
        if dice.chance(weather.lost):
            self._tally.note("requests lost")
        elif dice.chance(weather.late):
            self._tally.note("requests late")
            self._loop.after(dice.between(MINUTE, 6 * HOUR), lambda: self._arrive(exchange))
        else:
            self._loop.after(self._delay(), lambda: self._arrive(exchange))
        if dice.chance(weather.doubled):
            self._tally.note("requests doubled")
            self._loop.after(dice.between(1, 3 * HOUR), lambda: self._arrive(exchange, again=True))

    def _arrive(self, exchange: _Exchange, *, again: bool = False) -> None:
        if exchange.number < self._newest_arrived and not again:
            self._tally.note("overtaken requests")
        self._newest_arrived = max(exchange.number, self._newest_arrived)
        try:
            answer = self.server(exchange.request)
        except ChannelDown as cause:
            self._end_after(self._delay(), exchange, cause)
            return
        if again or exchange.is_over:
            return
        if self.weather.is_mute or self._dice.chance(self.weather.reply_lost):
            self._tally.note("replies lost")
        elif self._dice.chance(self.weather.cut):
            self._tally.note("replies cut")
            self._end_after(self._delay(), exchange, self._cut(answer))
        else:
            self._end_after(self._delay(), exchange, answer)

    def _cut(self, answer: HttpResponse) -> HttpResponse | ChannelDown:
        """Return what is left of an answer: half of the time the channel notices that it is not whole."""
        if self._dice.chance(0.5) or not answer.body:
            return ChannelDown("the answer ended early")
        kept = int(len(answer.body) * self._dice.share())
        return HttpResponse(status=answer.status, headers=answer.headers, body=answer.body[:kept])

    def _end_after(self, wait_ms: int, exchange: _Exchange, end: HttpResponse | ChannelDown) -> None:
        def finish() -> None:
            if not exchange.is_over:
                exchange.is_over = True
                exchange.on_end(end)

        self._loop.after(wait_ms, finish)

    def _delay(self) -> int:
        return self._dice.between(10, 150) if self._dice.chance(0.95) else self._dice.between(150, 9 * SECOND)
