"""Vosk: one result, or one after another."""

from __future__ import annotations

from transcript_files import spoken

RESULT = """{
  "result" : [{
      "conf" : 1.0, "end" : 0.5, "start" : 0.25, "word" : "hi"
    }],
  "text" : "hi"
}
"""


def test_one_result_and_several():
    assert spoken(RESULT) == ("Vosk JSON", [(None, "hi", 0.25, 0.5)])
    several = RESULT + '{"text": ""}\n' + RESULT.replace("hi", "ho").replace("0.", "1.")
    assert spoken(several)[1] == [(None, "hi", 0.25, 0.5), (None, "ho", 1.25, 1.5)]
