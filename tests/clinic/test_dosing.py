"""The algebra of doses: volumes and strengths. The practice's own sums stand in tests/spec/test_doses.py."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dosing import diluent_for, strength, volume_ul

vials = st.sampled_from([5_000, 10_000, 20_000, 30_000])


@settings(max_examples=100, deadline=None)
@given(vial=vials, per_ml=st.sampled_from([2_500, 4_000, 5_000, 10_000]))
def test_the_diluent_makes_the_strength(vial: int, per_ml: int) -> None:
    assert strength(vial, diluent_for(vial, per_ml)) == per_ml


@settings(max_examples=100, deadline=None)
@given(vial=vials, one=st.integers(0, 10_000), other=st.integers(0, 10_000), diluent=st.integers(1, 10_000))
def test_volumes_add_up_to_a_microlitre(vial: int, one: int, other: int, diluent: int) -> None:
    def volume(hundredths: int) -> int:
        return volume_ul(hundredths, diluent_ul=diluent, vial_hundredths=vial)

    assert abs(volume(one) + volume(other) - volume(one + other)) <= 1
    assert volume(vial) == diluent and volume(0) == 0


def test_a_volume_is_the_nearest_microlitre_and_no_float() -> None:
    assert volume_ul(1, diluent_ul=1_000_000_000_000_001, vial_hundredths=1) == 1_000_000_000_000_001
    assert [volume_ul(hundredths, diluent_ul=1, vial_hundredths=3) for hundredths in (1, 2, 3)] == [0, 1, 1]
