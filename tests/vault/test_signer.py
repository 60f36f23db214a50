from vault import signer

ON = {"petition_id": 1_000_001, "salt": b"a" * 16, "key_version": 1}


def test_a_signer_key_stands_for_one_address_on_one_petition_only(key_file) -> None:
    key_file(1, 2)
    key = signer.signer_key("a@example.org", rules_version=1, **ON)
    assert len(key) == 16
    assert key == signer.signer_key("a@example.org", rules_version=1, **ON)
    others = {
        signer.signer_key("b@example.org", rules_version=1, **ON),
        signer.signer_key("a@example.org", rules_version=2, **ON),
        signer.signer_key("a@example.org", rules_version=1, **ON | {"petition_id": 1_000_002}),
        signer.signer_key("a@example.org", rules_version=1, **ON | {"salt": b"b" * 16}),
        signer.signer_key("a@example.org", rules_version=1, **ON | {"key_version": 2}),
        signer.address_key("a@example.org"),
    }
    assert len(others | {key}) == 7


def test_tags_group_within_a_petition_and_kind_only(key_file) -> None:
    key_file(1)
    tag = signer.group_tag("domain", "example.org", **ON)
    assert len(tag) == 8
    assert tag == signer.group_tag("domain", "example.org", **ON)
    assert tag != signer.group_tag("name", "example.org", **ON)
    assert tag != signer.group_tag("domain", "example.org", **ON | {"petition_id": 1_000_002})
