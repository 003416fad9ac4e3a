"""Rights and terms of a share (O16)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from photocore.rights import RIGHTS, SCOPES, Standing, Terms, grant, in_order, orders_up_to

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
wishes = st.lists(st.one_of(st.sampled_from(RIGHTS), st.text(max_size=12)), max_size=12)
moments = st.none() | st.integers(-1000, 1000).map(lambda minutes: NOW + timedelta(minutes=minutes))


@given(wanted=wishes, scope=st.sampled_from(SCOPES))
def test_O16_only_what_is_asked_for_is_given_and_what_it_brings_along(wanted, scope):
    """Nothing is given that nobody asked for, but seeing and the two rights that others bring along."""
    given_ = grant(wanted, scope)
    brought = {"view", *(["download_proxy"] if "download_original" in wanted else [])}
    brought |= {"order"} if "pay" in wanted else set()
    assert given_ <= {*wanted, *brought}
    assert "view" in given_


@given(wanted=wishes, scope=st.sampled_from(SCOPES))
def test_O16_granting_what_was_granted_changes_nothing(wanted, scope):
    """The normal form is one: granted twice it is the same, in one order."""
    once = grant(wanted, scope)
    assert grant(once, scope) == once
    assert list(in_order(once)) == sorted(once, key=RIGHTS.index)


@given(wanted=wishes, scope=st.sampled_from(SCOPES))
def test_O16_pictures_are_put_into_sub_groups_alone(wanted, scope):
    """A roll's pictures are those of its film: nobody puts others among them."""
    assert ("exchange" in grant(wanted, scope)) == ("exchange" in wanted and scope == "sub_group")


@given(expires=moments, revoked=moments, limit=st.none() | st.integers(1, 5), views=st.integers(0, 9))
def test_O16_a_share_that_is_open_to_a_newcomer_is_open_to_who_was_there(expires, revoked, limit, views):
    """Whoever opened a share is never kept out by how many came after them; what is over is over for all."""
    terms = Terms(expires_at=expires, revoked_at=revoked, view_limit=limit)
    new = terms.standing(NOW, views=views, is_known=False)
    known = terms.standing(NOW, views=views, is_known=True)
    assert known is (Standing.OPEN if new is Standing.FULL else new)
    assert (new is Standing.REVOKED) == (revoked is not None)
    assert not (new is Standing.OPEN and limit is not None and views >= limit)


@given(expires=st.integers(-100, 100), later=st.integers(0, 100))
def test_O16_what_has_expired_stays_expired(expires, later):
    """Time runs one way: a share that is over does not come back by waiting."""
    terms = Terms(expires_at=NOW + timedelta(minutes=expires))
    if terms.standing(NOW, views=0, is_known=False) is Standing.EXPIRED:
        then = NOW + timedelta(minutes=later)
        assert terms.standing(then, views=0, is_known=False) is Standing.EXPIRED


@given(limit=st.none() | st.integers(0, 10_000), prices=st.lists(st.integers(0, 3_000), max_size=12))
def test_O16_orders_never_go_beyond_their_limit(limit, prices):
    """However many small orders are tried, together they stay within what the owner allowed."""
    terms = Terms(rights=grant(["pay"], "roll"), order_limit=limit)
    spent = 0
    for price in prices:
        if orders_up_to(terms, spent, price):
            spent += price
    assert limit is None or spent <= limit


def test_O16_without_the_right_nothing_is_ordered():
    """A limit alone is no right."""
    assert not orders_up_to(Terms(order_limit=10_000), 0, 1)
    assert not orders_up_to(Terms(rights=grant(["order"], "roll")), 0, -1)
