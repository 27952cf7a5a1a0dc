"""What an older version of the software judged of pixels is judged again."""

from __future__ import annotations

from sqlalchemy import select, update

from services.hiding.identity_rules import EDITION, current_rules
from services.pictures.frames import Images
from storage.models import Instance
from tests.dicom import ct_slice, photograph, take_in
from tests.factories import House


def test_a_rule_of_before_is_made_anew_and_kept(house: House) -> None:
    take_in(house.portal, [photograph(study="1.2.3"), ct_slice(study="1.2.3")])
    with house.portal.transaction() as tx:
        tx.db.execute(update(Instance).values(identity_rule={"do": "keep"}))
    with house.portal.reading() as db:
        stored = list(db.execute(select(Instance).order_by(Instance.id)).scalars())
    rules = current_rules(house.portal, stored)
    assert [rules[one.id]["do"] for one in stored] == ["withhold", "keep"]
    with house.portal.reading() as db:
        kept = list(db.execute(select(Instance.identity_rule).order_by(Instance.id)).scalars())
    assert kept == [rules[one.id] for one in stored]
    assert {rule["edition"] for rule in kept} == {EDITION}


def test_what_cannot_be_judged_is_not_shown_and_judged_another_time(house: House) -> None:
    take_in(house.portal, [ct_slice()])
    with house.portal.transaction() as tx:
        gone = {"identity_rule": {"do": "keep"}, "object_sha256": "0" * 64}
        tx.db.execute(update(Instance).values(**gone))
    with house.portal.reading() as db:
        (row,) = db.execute(select(Instance)).scalars()
    assert current_rules(house.portal, [row])[row.id]["do"] == "withhold"
    with house.portal.reading() as db:
        assert db.execute(select(Instance.identity_rule)).scalar_one() == {"do": "keep"}


def test_the_viewer_goes_by_the_new_rule(house: House) -> None:
    take_in(house.portal, [photograph(study="1.2.3")])
    with house.portal.transaction() as tx:
        tx.db.execute(update(Instance).values(identity_rule={"do": "keep"}))
    assert Images(house.portal).image(1).identity_rule["do"] == "withhold"
