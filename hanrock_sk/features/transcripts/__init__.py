"""Transcripts of many layouts to talkturns."""

from hanrock_sk.features.transcripts.reader import read_transcript

__all__ = ["read_transcript"]
