"""HAN-ROCK for real values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hanrock_sk._base.sklearn_private import StrOptions
from hanrock_sk.estimators.base import BaseHANRock
from hanrock_sk.estimators.real_values import LearnsValues


class HANRockRegressor(LearnsValues):
    """Hierarchical attention network with auxiliary supervision, for real values.

    Reads each talkturn together with its content context, the talkturns before it in
    the same conversation, and predicts a real value (section 3 of the paper). All
    auxiliary tasks, also the history and future labels, are real-valued.

    Inside, values are centred at the median of the training labels and divided by
    their standard deviation, so that one learning rate suits any unit; predictions
    and losses are in the user's unit.

    Parameters
    ----------
    architecture : {"rock", "flat", "han"}, default="rock"
        HAN-ROCK (Fig. 3), flat multi-task learning (Fig. 2), or the hierarchical
        attention network without auxiliary tasks.
    fusion : {"anchored", "paper"}, default="anchored"
        How HAN-ROCK fuses its tasks. The paper's fusion may leave the primary branch
        (section 3.2); the anchored one keeps more than half of its weight there.
    content_size : int, default=8
        Talkturns in a window, the predicted one included (L; 1 to 30 in the paper).
    word_gru : int, default=64
        GRU units of a word encoder, per direction.
    pri_gru : int, default=64
        GRU units of the primary task's talkturn encoder, per direction (P).
    aux_gru : int, default=1
        GRU units of each auxiliary task's talkturn encoder, per direction (A).
    attention_units : int, default=64
        Width of every attention's perceptron, hence of what is pooled and fused.
    gru_dropout : float, default=0.3
        Share of every GRU's inputs dropped in training.
    recurrent_dropout : float, default=0.1
        Share of every GRU's state dropped from its recurrent product in training.
    head_dropout : float, default=0.4
        Share of the primary head's inputs dropped in training.
    direct : bool, default=True
        Whether there is a direct way from a talkturn's own words to the primary head:
        a linear predictor, as a logistic regression on what was said, that is trained
        as a part of the network. The paper has none.
    direct_measured : bool, default=True
        Whether the primary head of "rock" reads what the auxiliary heads predict of
        voice, face and timing, if at least as many talkturns without a label have such
        targets as there are labels. No gradient goes back. Not the paper's.
    speaker_vectors : bool, default=True
        Whether the network knows which talkturns of a window are by the speaker of the
        predicted one, if the table has a column `speaker`. The paper's does not.
    train_unlabelled : bool, default=True
        Whether talkturns without a label are trained on for their auxiliary targets:
        those near a label, and those where something was measured.
    task_weighting : {"fixed", "cosine", "upgrad"}, default="fixed"
        What is done at each training step with auxiliary gradients that oppose the
        primary task's, where auxiliary heads read the network: "fixed" nothing,
        "cosine" leaves them out, "upgrad" combines all so that no task's loss rises
        (``pip install hanrock-sk[upgrad]``). The primary task's gradient is as it is.
    embeddings : None, str, path-like, mapping, encoder or list, default=None
        Word vectors to start from, a GloVe or word2vec text file (also gzipped) or a
        mapping from word to vector; None draws them. An encoder such as
        `hanrock_sk.text.minilm_l6()` gives each word a vector as it stands in its
        talkturn, beside a learnt one. A list may have one of either. Saving keeps the
        whole of a mapping; of a path, ``glove_6b_50d()`` or an encoder the name.
    embedding_dim : int, default=32
        Width of the word vectors that are learnt where none are given.
    freeze_embeddings : bool, default=False
        Whether the word vectors stay as given.
    max_words : int or None, default=120
        Words read of a talkturn; longer ones are cut, with a warning.
    min_count : int, default=2
        Rarer words are unknown words.
    loss : {"absolute_error", "squared_error"}, default="absolute_error"
        Error of every task; the paper reports the mean absolute one.
    calibrate : bool, default=False
        Whether predictions are drawn towards the median of the labels by the slope that
        held-out labels tell: those of `X_val` or of `validation_fraction`, else a third
        of the labelled conversations, without which a second network is trained for
        that alone. The order of predictions stays. `conversation_pipeline` sets it.
    optimizer : {"adamw", "adam", "sgd"}, default="adamw"
        "sgd" has momentum 0.9, as the paper's authors used it.
    lr : float, default=0.002
        Learning rate; of a cycle the highest.
    schedule : {"one_cycle", "plateau"}, default="one_cycle"
        One cycle: the learning rate rises for a fifth of the training steps and then
        falls to nothing. Plateau: it is multiplied by `lr_decay` where the validation
        loss gets no better; with ``lr_decay=1`` it stays, as in the paper.
    lr_decay : float, default=0.5
        Factor of the learning rate after an epoch without a better validation loss,
        if the best one is 200 training steps ago and better than any constant answer.
        1 keeps the learning rate, as in the paper.
    weight_average : float or None, default=0.99
        Decay of the exponential average of the weights over training steps, which
        predicts in their place. None keeps the weights themselves.
    l2 : float, default=0.05
        Weight of the sum of the squared weight matrices in the loss. With "adamw", the
        decoupled decay of these matrices.
    clip_norm : float or None, default=1.0
        Largest norm of the gradient.
    batch_size : int or None, default=None
        Labelled talkturns in one training step. None takes 32, or 64 from 4,000 labels.
    run_length : int, default=4
        A training batch is made of shuffled runs of this many neighbouring talkturns,
        which share most of their context. 1 shuffles fully, and is slower.
    max_epochs : int or None, default=None
        Training ends after so many epochs at the latest. None takes as many as make
        500 training steps, and from 2,000 labels on more, in proportion to the power
        0.4 of their number, to at most 1,500.
    validation_fraction : float, default=0.0
        Share of the labelled talkturns, in whole conversations, that is held out to
        choose the best epoch (of a single conversation: its last part). With 0, and
        without `X_val`, the last epoch is kept.
    patience : int or None, default=5
        Training ends after so many epochs without a better validation loss; as
        `lr_decay`, once the network has learnt something.
    device : str, default="auto"
        Where to train and predict: "auto" takes CUDA, else MPS, else the CPU.
    random_state : int, RandomState instance or None, default=None
        Seeds everything that is drawn. The global generators are not touched.
    verbose : int, default=0
        Above 0, a line per epoch is printed.
    net_params : dict or None, default=None
        Further parameters of the `skorch.NeuralNet`, its callbacks among them.
    memory : None, str or joblib.Memory, default=None
        Where finished fits are kept. A fit with the same data and parameters, on
        whatever `device`, is loaded instead of trained, so that a search which was
        killed can go on; nothing is kept with ``random_state=None``. The steps before
        in a Pipeline need a `random_state` too.
    features : None or list of str, default=None
        Columns of numbers or codes (a role, a topic, a rating) that the network reads
        beside the words, standardised or one-hot; missing values are allowed.
    warm_start : bool, default=False
        Whether a further `fit` goes on with the network of the fit before: its scale,
        its words, to which new ones are added, and its weights.
    init_from : None or fitted estimator, default=None
        A fitted classifier, regressor or Pipeline to take word vectors and encoders
        over from; heads are new. Saving keeps it.
    conversation, narrative, text, speaker : str
        Column names. The narrative is read where the table has one, else the text.

    Attributes
    ----------
    vocabulary_ : Vocabulary
        The words known from training.
    history_ : list of dict
        Per epoch: the weighted loss, each task's loss in training and validation, the
        negative mean absolute validation error (``valid_score``), learning rate and
        seconds. The last one has ``stopped: "callback"`` if a callback ended it.
    n_iter_ : int
        Epochs trained.
    best_epoch_ : int
        The epoch whose weights were kept, counted from 1.
    slope_ : float
        What the predictions' distances from the median of the labels have been
        multiplied by; 1 without `calibrate`.
    network_ : FittedNetwork
        The network, the words it reads, and what it was trained on.
    net_ : skorch.NeuralNet
        The skorch net around it.
    n_features_in_ : int
        Number of columns of the training table.
    feature_names_in_ : ndarray of str
        Their names.

    See Also
    --------
    HANRockClassifier : The same for labels.

    Examples
    --------
    >>> from hanrock_sk import HANRockRegressor
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(n_conversations=8, task="regression", random_state=0)
    >>> model = HANRockRegressor(
    ...     content_size=2, word_gru=4, pri_gru=4, attention_units=4, max_epochs=2,
    ...     device="cpu", random_state=0,
    ... )
    >>> model.fit(X, y).predict(X).shape == (len(X),)
    True
    """

    _parameter_constraints: dict = {
        **BaseHANRock._parameter_constraints,
        "loss": [StrOptions({"absolute_error", "squared_error"})],
        "calibrate": ["boolean"],
    }

    def __init__(
        self,
        *,
        architecture: str = "rock",
        fusion: str = "anchored",
        content_size: int = 8,
        word_gru: int = 64,
        pri_gru: int = 64,
        aux_gru: int = 1,
        attention_units: int = 64,
        gru_dropout: float = 0.3,
        recurrent_dropout: float = 0.1,
        head_dropout: float = 0.4,
        direct: bool = True,
        direct_measured: bool = True,
        speaker_vectors: bool = True,
        train_unlabelled: bool = True,
        task_weighting: str = "fixed",
        embeddings: Any = None,
        embedding_dim: int = 32,
        freeze_embeddings: bool = False,
        max_words: int | None = 120,
        min_count: int = 2,
        loss: str = "absolute_error",
        calibrate: bool = False,
        optimizer: str = "adamw",
        lr: float = 0.002,
        schedule: str = "one_cycle",
        lr_decay: float = 0.5,
        weight_average: float | None = 0.99,
        l2: float = 0.05,
        clip_norm: float | None = 1.0,
        batch_size: int | None = None,
        run_length: int = 4,
        max_epochs: int | None = None,
        validation_fraction: float = 0.0,
        patience: int | None = 5,
        device: str = "auto",
        random_state: Any = None,
        verbose: int = 0,
        net_params: dict[str, Any] | None = None,
        memory: Any = None,
        features: Sequence[str] | None = None,
        warm_start: bool = False,
        init_from: Any = None,
        conversation: str = "conversation",
        narrative: str = "narrative",
        text: str = "text",
        speaker: str = "speaker",
    ) -> None:
        self.architecture = architecture
        self.fusion = fusion
        self.content_size = content_size
        self.word_gru = word_gru
        self.pri_gru = pri_gru
        self.aux_gru = aux_gru
        self.attention_units = attention_units
        self.gru_dropout = gru_dropout
        self.recurrent_dropout = recurrent_dropout
        self.head_dropout = head_dropout
        self.direct = direct
        self.direct_measured = direct_measured
        self.speaker_vectors = speaker_vectors
        self.train_unlabelled = train_unlabelled
        self.task_weighting = task_weighting
        self.embeddings = embeddings
        self.embedding_dim = embedding_dim
        self.freeze_embeddings = freeze_embeddings
        self.max_words = max_words
        self.min_count = min_count
        self.loss = loss
        self.calibrate = calibrate
        self.optimizer = optimizer
        self.lr = lr
        self.schedule = schedule
        self.lr_decay = lr_decay
        self.weight_average = weight_average
        self.l2 = l2
        self.clip_norm = clip_norm
        self.batch_size = batch_size
        self.run_length = run_length
        self.max_epochs = max_epochs
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.device = device
        self.random_state = random_state
        self.verbose = verbose
        self.net_params = net_params
        self.memory = memory
        self.features = features
        self.warm_start = warm_start
        self.init_from = init_from
        self.conversation = conversation
        self.narrative = narrative
        self.text = text
        self.speaker = speaker
