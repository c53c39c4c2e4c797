"""Azure: batch, fast and real-time transcription, in two spellings."""

from __future__ import annotations

from transcript_files import spoken


def test_batch():
    content = {
        "source": "https://x/a.wav",
        "durationInTicks": 50000000,
        "combinedRecognizedPhrases": [],
        "recognizedPhrases": [
            {
                "recognitionStatus": "Success",
                "channel": 0,
                "speaker": 1,
                "offset": "PT0.5S",
                "duration": "PT1.25S",
                "offsetInTicks": 5000000.0,
                "durationInTicks": 12500000.0,
                "nBest": [{"lexical": "shall we", "display": "Shall we?"}],
            },
            {
                "speaker": 2,
                "offset": "PT1M2S",
                "duration": "PT1S",
                "nBest": [{"display": "Yes."}],
            },
            {
                "speaker": 2,
                "offset": "PT1M4S",
                "duration": "PT1S",
                "nBest": [{"display": ""}],
            },
        ],
    }
    assert spoken(content) == (
        "Azure AI Speech JSON",
        [("1", "Shall we?", 0.5, 1.75), ("2", "Yes.", 62.0, 63.0)],
    )


def test_fast_and_channels():
    phrases = [
        {
            "channel": n,
            "offsetMilliseconds": 500 + n,
            "durationMilliseconds": 250,
            "text": f"word{n}",
        }
        for n in (0, 1)
    ]
    content = {"durationMilliseconds": 900, "combinedPhrases": [], "phrases": phrases}
    assert spoken(content)[1] == [
        ("0", "word0", 0.5, 0.75),
        ("1", "word1", 0.501, 0.751),
    ]


def test_real_time():
    answer = {
        "RecognitionStatus": "Success",
        "Offset": 5000000,
        "Duration": 10000000,
        "DisplayText": "Hi.",
        "NBest": [{"Lexical": "hi", "Display": "Hi."}],
    }
    expected = [(None, "Hi.", 0.5, 1.5)]
    assert spoken(answer)[1] == expected
    assert spoken([answer])[1] == expected
    files = {"AudioFileResults": [{"SegmentResults": [answer]}]}
    assert spoken(files)[1] == expected
