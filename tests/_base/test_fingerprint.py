"""SHA-256 of what was given, whatever it was given as."""

from __future__ import annotations

from hanrock_sk._base.fingerprint import fingerprint

# Of the standard: FIPS 180-2, appendix B.1.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_parts_are_one_content():
    assert fingerprint("abc") == fingerprint(b"a", "", "bc") == ABC
    assert fingerprint("acd") != ABC


def test_a_path_stands_for_the_file(tmp_path):
    (tmp_path / "b").write_bytes(b"b")
    assert fingerprint("a", tmp_path / "b", "c") == ABC


def test_surrogates_pass():
    assert fingerprint("\udc80") == fingerprint(b"\xed\xb2\x80")
