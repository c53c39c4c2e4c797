"""What a cheap linear model reads of talkturns: latent dimensions of TF-IDF."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse
from sklearn.utils.extmath import randomized_svd

from hanrock_sk.talkturns.conversations import Conversations
from hanrock_sk.text.bag_of_words import BagOfWords
from hanrock_sk.text.tokenizer import tokenize

OWN_DIMENSIONS = 192
"""Latent dimensions of the talkturn itself."""

BEFORE_DIMENSIONS = 48
"""How many of them, the strongest, are also read of the talkturns before."""

TALKTURNS_BEFORE = 4
"""Talkturns before that are averaged."""


def text_features(
    texts: Sequence[str], conversations: Conversations, seed: int
) -> np.ndarray:
    """Describe each talkturn, and those before it, by a few numbers.

    Words and pairs of words are weighed by TF-IDF and reduced by truncated singular
    value decomposition. No label and no target is read.

    Parameters
    ----------
    texts : sequence of str
        What was said, by row.
    conversations : Conversations
        Which talkturns belong together.
    seed : int
        Of the randomised decomposition.

    Returns
    -------
    features : ndarray of float32, shape (n_rows, n_features)
        By row: the talkturn's latent dimensions, the mean of the strongest of them over
        up to four talkturns before, and the logarithm of its number of words; centred.

    Examples
    --------
    >>> import numpy as np
    >>> from hanrock_sk.auxiliary.text_features import text_features
    >>> from hanrock_sk.talkturns.conversations import Conversations
    >>> one = Conversations(order=np.arange(3), first=np.zeros(3, dtype=int))
    >>> text_features(["oh no", "oh yes", "no"], one, seed=0).shape
    (3, 5)
    """
    words = [tokenize(text) for text in texts]
    bag = BagOfWords.learn(words)
    ids, bounds, weights = bag.encode(words)
    counted = scipy.sparse.csr_matrix(
        (weights, ids, bounds), shape=(len(texts), len(bag))
    )
    width = min(OWN_DIMENSIONS, min(counted.shape) - 1)
    columns = [np.log1p([[len(each)] for each in words])]
    if width > 0:
        turned, sizes, _ = randomized_svd(counted, width, n_iter=4, random_state=seed)
        own = turned * sizes
        columns += [own, _mean_before(own[:, :BEFORE_DIMENSIONS], conversations)]
    features = np.hstack(columns)
    return (features - features.mean(axis=0)).astype(np.float32)


def _mean_before(own: np.ndarray, conversations: Conversations) -> np.ndarray:
    """Average over the talkturns before in the conversation; zeros at its start."""
    sums = np.vstack([np.zeros_like(own[:1]), own[conversations.order].cumsum(axis=0)])
    places = np.arange(len(own))
    begin = np.maximum(conversations.first, places - TALKTURNS_BEFORE)
    counts = np.maximum(places - begin, 1)[:, None]
    mean = np.empty_like(own)
    mean[conversations.order] = (sums[places] - sums[begin]) / counts
    return mean
