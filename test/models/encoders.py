"""Encoders and encoder-decoders whole, from their papers and from what their checkpoints are documented to hold. In: weights `w` by stored
name (matrices are [out, in]), the config, inputs by name. Out: {result: array}. A key that the config lacks has its class's default."""
import math

import numpy as np

from reference.attention import buckets_of, softmax
from reference.layers import entropies, erf, gelu_tanh, layer_norm, rms_norm, sigmoid, silu

ACTIVATIONS = {
    "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))),
    "gelu_new": gelu_tanh,
    "gelu_pytorch_tanh": gelu_tanh,
    "quick_gelu": lambda x: x * sigmoid(1.702 * x),
    "relu": lambda x: np.maximum(x, 0),
    "silu": silu,
    "swish": silu,
    "tanh": np.tanh,
}


def linear(w, name, x, biased=True):
    y = x @ w[f"{name}.weight"].T
    return y + w[f"{name}.bias"] if biased else y


def norm(w, name, x, eps=1e-5):
    return layer_norm(x, w[f"{name}.weight"], w[f"{name}.bias"], eps)


def heads(x, H):
    """[B, T, H E] to [B, H, T, E]"""
    return x.reshape(*x.shape[:2], H, -1).transpose(0, 2, 1, 3)


def attend(q, k, v, H, visible, scale=None, bias=0):
    """q: [B, I, H E]; k, v: [B, J, H E]; visible: [B, 1, I or 1, J]; bias: [H, I, J]."""
    q, k, v = heads(q, H), heads(k, H), heads(v, H)
    s = q @ k.transpose(0, 1, 3, 2) * (scale or q.shape[-1] ** -0.5) + bias
    y = softmax(s, np.broadcast_to(visible, s.shape)) @ v
    return y.transpose(0, 2, 1, 3).reshape(*y.shape[:1], y.shape[2], -1)


def before(T):
    """[1, 1, T, T]: what a decoder sees."""
    return np.tril(np.ones((T, T), bool))[None, None]


def cross_entropy(logits, labels):
    """The mean over labels that are not -100."""
    seen = labels != -100
    return (entropies(logits, labels)[0] * seen).sum() / max(seen.sum(), 1)


def token_losses(forward, result="logits"):
    return lambda w, config, labels, **inputs: {"loss": cross_entropy(forward(w, config, **inputs)[result], labels)}


def shifted_losses(forward):
    """Of language models: the label of a place is the next token."""

    def loss(w, config, labels, **inputs):
        return {"loss": cross_entropy(forward(w, config, **inputs)["logits"][:, :-1], labels[:, 1:])}

    return loss


def span_losses(forward):
    """Ends at or behind the last place do not count."""

    def loss(w, config, start_positions, end_positions, **inputs):
        y = forward(w, config, **inputs)
        T = y["start_logits"].shape[1]
        ends = [(y["start_logits"], start_positions), (y["end_logits"], end_positions)]
        return {"loss": sum(cross_entropy(s, np.where(p < T, p, -100)) for s, p in ends) / 2}

    return loss


def regression_losses(forward):
    return lambda w, config, labels, **inputs: {"loss": ((forward(w, config, **inputs)["logits"] - labels) ** 2).mean()}


def multi_label_losses(forward):
    def loss(w, config, labels, **inputs):
        p = sigmoid(forward(w, config, **inputs)["logits"])
        return {"loss": -(labels * np.log(p) + (1 - labels) * np.log(1 - p)).mean()}

    return loss


# ---- BERT and its kin: what differs is said by `c` ------------------------------------------------------------------------------

BERT = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, hidden_act="gelu", max_position_embeddings=512,
            layer_norm_eps=1e-12, position_embedding_type="absolute", is_decoder=False, tie_word_embeddings=True)  # fmt: skip
ROBERTA = BERT | dict(pad_token_id=1)
ALBERT = BERT | dict(hidden_act="gelu_new", num_hidden_groups=1, inner_group_num=1, num_attention_heads=64)


def embedded(w, c, at, input_ids, token_type_ids, place):
    x = w[f"{at}word_embeddings.weight"][input_ids] + w[f"{at}token_type_embeddings.weight"][token_type_ids]
    places = w[f"{at}position_embeddings.weight"]
    if c["position_embedding_type"] == "absolute":
        x = x + places[place]
    return norm(w, f"{at}LayerNorm", x, c["layer_norm_eps"])


def bert_attention(w, c, at, x, visible):
    """With relative keys each query also meets a vector for the distance to the key; with queries too, so does each key."""
    H = c["num_attention_heads"]
    q, k, v = (linear(w, f"{at}{name}", x) for name in ("query", "key", "value"))
    bias = 0
    if c["position_embedding_type"] != "absolute":
        T, E = x.shape[1], x.shape[2] // H
        distance = np.arange(T)[:, None] - np.arange(T)
        r = w[f"{at}distance_embedding.weight"][distance + c["max_position_embeddings"] - 1]
        bias = np.einsum("bhie,ije->bhij", heads(q, H), r)
        if c["position_embedding_type"] == "relative_key_query":
            bias = bias + np.einsum("bhje,ije->bhij", heads(k, H), r)
        bias = bias / math.sqrt(E)
    return attend(q, k, v, H, visible, bias=bias)


def bert_layer(w, c, at, x, visible, names):
    own, out, own_norm, up, down, final = (at + name for name in names)
    x = norm(w, own_norm, x + linear(w, out, bert_attention(w, c, own, x, visible)), c["layer_norm_eps"])
    h = ACTIVATIONS[c["hidden_act"]](linear(w, up, x))
    return norm(w, final, x + linear(w, down, h), c["layer_norm_eps"])


def visible_to(c, attention_mask):
    mask = attention_mask[:, None, None].astype(bool)
    return mask & before(mask.shape[-1]) if c["is_decoder"] else mask


BERT_NAMES = ("attention.self.", "attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense",
              "output.LayerNorm")  # fmt: skip
ALBERT_NAMES = ("attention.", "attention.dense", "attention.LayerNorm", "ffn", "ffn_output", "full_layer_layer_norm")


def bert(w, config, at, input_ids, attention_mask, token_type_ids):
    c = BERT | config
    x = embedded(w, c, f"{at}embeddings.", input_ids, token_type_ids, np.arange(input_ids.shape[1]))
    for l in range(c["num_hidden_layers"]):
        x = bert_layer(w, c, f"{at}encoder.layer.{l}.", x, visible_to(c, attention_mask), BERT_NAMES)
    return c, x


def roberta(w, config, at, input_ids, attention_mask, token_type_ids):
    c = ROBERTA | config
    word = input_ids != c["pad_token_id"]
    place = np.cumsum(word, 1) * word + c["pad_token_id"]
    x = embedded(w, c, f"{at}embeddings.", input_ids, token_type_ids, place)
    for l in range(c["num_hidden_layers"]):
        x = bert_layer(w, c, f"{at}encoder.layer.{l}.", x, visible_to(c, attention_mask), BERT_NAMES)
    return c, x


def albert(w, config, at, input_ids, attention_mask, token_type_ids):
    c = ALBERT | config
    x = embedded(w, c, f"{at}embeddings.", input_ids, token_type_ids, np.arange(input_ids.shape[1]))
    x = linear(w, f"{at}encoder.embedding_hidden_mapping_in", x)
    each = c["num_hidden_layers"] / c["num_hidden_groups"]
    for l in range(c["num_hidden_layers"]):
        for n in range(c["inner_group_num"]):
            layer = f"{at}encoder.albert_layer_groups.{int(l / each)}.albert_layers.{n}."
            x = bert_layer(w, c, layer, x, visible_to(c, attention_mask), ALBERT_NAMES)
    return c, x


def words(w, c, at, table, x, dense, norm_name, act):
    """A layer, then the word table or a decoder of its own."""
    h = norm(w, at + norm_name, act(linear(w, at + dense, x)), c["layer_norm_eps"])
    return h @ w[table if c["tie_word_embeddings"] else f"{at}decoder.weight"].T + w[f"{at}bias"]


def bert_words(w, c, x):
    table = "bert.embeddings.word_embeddings.weight"
    act = ACTIVATIONS[c["hidden_act"]]
    return words(w, c, "cls.predictions.", table, x, "transform.dense", "transform.LayerNorm", act)


def roberta_words(w, c, x):
    table = "roberta.embeddings.word_embeddings.weight"
    return words(w, c, "lm_head.", table, x, "dense", "layer_norm", ACTIVATIONS["gelu"])


def albert_words(w, c, x):
    table = "albert.embeddings.word_embeddings.weight"
    return words(w, c, "predictions.", table, x, "dense", "LayerNorm", ACTIVATIONS[c["hidden_act"]])


def base(encoder, pooler):
    def forward(w, config, **inputs):
        _, x = encoder(w, config, "", **inputs)
        return {"last_hidden_state": x, "pooler_output": np.tanh(linear(w, pooler, x[:, 0]))}

    return forward


def language_model(encoder, at, scores):
    def forward(w, config, **inputs):
        c, x = encoder(w, config, at, **inputs)
        return {"logits": scores(w, c, x), "last_hidden_state": x}

    return forward


def classifier(encoder, at, pooler):
    def forward(w, config, **inputs):
        _, x = encoder(w, config, at, **inputs)
        p = np.tanh(linear(w, pooler, x[:, 0]))
        return {"logits": linear(w, "classifier", p), "last_hidden_state": x, "pooler_output": p}

    return forward


def tagger(encoder, at):
    def forward(w, config, **inputs):
        _, x = encoder(w, config, at, **inputs)
        return {"logits": linear(w, "classifier", x), "last_hidden_state": x}

    return forward


def answerer(encoder, at):
    def forward(w, config, **inputs):
        _, x = encoder(w, config, at, **inputs)
        y = linear(w, "qa_outputs", x)
        return {"start_logits": y[..., 0], "end_logits": y[..., 1], "last_hidden_state": x}

    return forward


def chooser(encoder, at, pooler):
    def forward(w, config, **inputs):
        B, C, T = inputs["input_ids"].shape
        _, x = encoder(w, config, at, **{name: array.reshape(B * C, T) for name, array in inputs.items()})
        return {"logits": linear(w, "classifier", np.tanh(linear(w, pooler, x[:, 0]))).reshape(B, C)}

    return forward


def pretrained(encoder, at, scores, pooler, head, second):
    def forward(w, config, **inputs):
        c, x = encoder(w, config, at, **inputs)
        p = np.tanh(linear(w, pooler, x[:, 0]))
        return {"prediction_logits": scores(w, c, x), second: linear(w, head, p), "last_hidden_state": x, "pooler_output": p}

    return forward


BertModel_forward = base(bert, "pooler.dense")
BertForMaskedLM_forward = language_model(bert, "bert.", bert_words)
BertForMaskedLM_loss = token_losses(BertForMaskedLM_forward)
BertLMHeadModel_forward = BertForMaskedLM_forward
BertLMHeadModel_loss = shifted_losses(BertForMaskedLM_forward)
BertForPreTraining_forward = pretrained(bert, "bert.", bert_words, "bert.pooler.dense", "cls.seq_relationship", "seq_relationship_logits")
BertForSequenceClassification_forward = classifier(bert, "bert.", "bert.pooler.dense")
BertForSequenceClassification_loss = token_losses(BertForSequenceClassification_forward)
BertForSequenceClassification_regression_loss = regression_losses(BertForSequenceClassification_forward)
BertForSequenceClassification_multi_label_loss = multi_label_losses(BertForSequenceClassification_forward)
BertForTokenClassification_forward = tagger(bert, "bert.")
BertForQuestionAnswering_forward = answerer(bert, "bert.")
BertForQuestionAnswering_loss = span_losses(BertForQuestionAnswering_forward)
BertForMultipleChoice_forward = chooser(bert, "bert.", "bert.pooler.dense")
BertForMultipleChoice_loss = token_losses(BertForMultipleChoice_forward)


def BertForNextSentencePrediction_forward(w, config, **inputs):
    _, x = bert(w, config, "bert.", **inputs)
    return {"logits": linear(w, "cls.seq_relationship", np.tanh(linear(w, "bert.pooler.dense", x[:, 0])))}


RobertaModel_forward = base(roberta, "pooler.dense")
RobertaForMaskedLM_forward = language_model(roberta, "roberta.", roberta_words)
RobertaForMaskedLM_loss = token_losses(RobertaForMaskedLM_forward)
RobertaForCausalLM_forward = RobertaForMaskedLM_forward
RobertaForCausalLM_loss = shifted_losses(RobertaForMaskedLM_forward)
RobertaForTokenClassification_forward = tagger(roberta, "roberta.")
RobertaForQuestionAnswering_forward = answerer(roberta, "roberta.")
RobertaForMultipleChoice_forward = chooser(roberta, "roberta.", "roberta.pooler.dense")


def RobertaForSequenceClassification_forward(w, config, **inputs):
    _, x = roberta(w, config, "roberta.", **inputs)
    h = np.tanh(linear(w, "classifier.dense", x[:, 0]))
    return {"logits": linear(w, "classifier.out_proj", h), "last_hidden_state": x}


XLMRobertaForMaskedLM_forward = RobertaForMaskedLM_forward

AlbertModel_forward = base(albert, "pooler")
AlbertForMaskedLM_forward = language_model(albert, "albert.", albert_words)
AlbertForMaskedLM_loss = token_losses(AlbertForMaskedLM_forward)
AlbertForPreTraining_forward = pretrained(albert, "albert.", albert_words, "albert.pooler", "sop_classifier.classifier", "sop_logits")
AlbertForSequenceClassification_forward = classifier(albert, "albert.", "albert.pooler")
AlbertForTokenClassification_forward = tagger(albert, "albert.")
AlbertForQuestionAnswering_forward = answerer(albert, "albert.")
AlbertForMultipleChoice_forward = chooser(albert, "albert.", "albert.pooler")


# ---- T5 -------------------------------------------------------------------------------------------------------------------------

T5 = dict(num_layers=6, num_heads=8, d_kv=64, d_model=512, relative_attention_max_distance=128, layer_norm_epsilon=1e-6,
          feed_forward_proj="relu", decoder_start_token_id=0, pad_token_id=0, tie_word_embeddings=True)  # fmt: skip


def t5_attention(w, c, at, x, memory, visible, bias=0):
    q, k, v = (y @ w[f"{at}.{name}.weight"].T for name, y in (("q", x), ("k", memory), ("v", memory)))
    return attend(q, k, v, c["num_heads"], visible, scale=1, bias=bias) @ w[f"{at}.o.weight"].T


def t5_side(w, c, at, side, depth, x, visible, memory=None, seen=None):
    eps, T = c["layer_norm_epsilon"], x.shape[1]
    side = at + side
    table = w[f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
    distance = np.arange(T) - np.arange(T)[:, None]
    rows = buckets_of(distance, memory is None, len(table), c["relative_attention_max_distance"])
    gated, _, act = c["feed_forward_proj"].rpartition("-")
    act = ACTIVATIONS["gelu_new" if gated and act == "gelu" else act]
    for l in range(depth):
        at = f"{side}.block.{l}.layer"
        n = rms_norm(x, w[f"{at}.0.layer_norm.weight"], eps)
        x = x + t5_attention(w, c, f"{at}.0.SelfAttention", n, n, visible, table[rows].transpose(2, 0, 1))
        if memory is not None:
            n = rms_norm(x, w[f"{at}.1.layer_norm.weight"], eps)
            x = x + t5_attention(w, c, f"{at}.1.EncDecAttention", n, memory, seen)
        last = f"{at}.{1 if memory is None else 2}"
        n = rms_norm(x, w[f"{last}.layer_norm.weight"], eps)
        dense = lambda name: w[f"{last}.DenseReluDense.{name}.weight"].T
        h = act(n @ dense("wi_0")) * (n @ dense("wi_1")) if gated else act(n @ dense("wi"))
        x = x + h @ dense("wo")
    return rms_norm(x, w[f"{side}.final_layer_norm.weight"], eps)


def t5_encoded(w, config, at, input_ids, attention_mask):
    c, seen = T5 | config, attention_mask[:, None, None].astype(bool)
    return c, t5_side(w, c, at, "encoder", c["num_layers"], w[f"{at}shared.weight"][input_ids], seen)


def t5_both(w, config, at, input_ids, decoder_input_ids, attention_mask, decoder_attention_mask):
    c, memory = t5_encoded(w, config, at, input_ids, attention_mask)
    visible = before(decoder_input_ids.shape[1]) & decoder_attention_mask[:, None, None].astype(bool)
    seen = attention_mask[:, None, None].astype(bool)
    depth = c.get("num_decoder_layers", c["num_layers"])
    x = t5_side(w, c, at, "decoder", depth, w[f"{at}shared.weight"][decoder_input_ids], visible, memory, seen)
    return {"last_hidden_state": x, "encoder_last_hidden_state": memory}


def T5EncoderModel_forward(w, config, **inputs):
    return {"last_hidden_state": t5_encoded(w, config, "", **inputs)[1]}


def T5Model_forward(w, config, **inputs):
    return t5_both(w, config, "", **inputs)


def T5ForConditionalGeneration_forward(w, config, **inputs):
    c, y = T5 | config, T5Model_forward(w, config, **inputs)
    x = y["last_hidden_state"]
    tied = c["tie_word_embeddings"]
    return y | {"logits": x * c["d_model"] ** -0.5 @ w["shared.weight"].T if tied else x @ w["lm_head.weight"].T}


def shifted(labels, begin, pad):
    known = np.where(labels == -100, pad, labels)
    return np.concatenate([np.full_like(known[:, :1], begin), known[:, :-1]], 1)


def t5_reread(w, config, at, input_ids, attention_mask):
    """The decoder reads what the encoder read, one place later."""
    c = T5 | config
    again = shifted(input_ids, c["decoder_start_token_id"], c["pad_token_id"])
    return t5_both(w, config, at, input_ids, again, attention_mask, np.ones_like(again))["last_hidden_state"]


def at_last(x, input_ids, token):
    """The state where the token stands last; the first one where it doesn't stand."""
    last = [max([t for t, each in enumerate(row) if each == token], default=0) for row in input_ids]
    return x[np.arange(len(x)), last]


def T5ForSequenceClassification_forward(w, config, input_ids, attention_mask):
    x = t5_reread(w, config, "transformer.", input_ids, attention_mask)
    h = np.tanh(linear(w, "classification_head.dense", at_last(x, input_ids, config.get("eos_token_id", 1))))
    return {"logits": linear(w, "classification_head.out_proj", h), "last_hidden_state": x}


def T5ForTokenClassification_forward(w, config, **inputs):
    _, x = t5_encoded(w, config, "transformer.", **inputs)
    return {"logits": linear(w, "classifier", x), "last_hidden_state": x}


def T5ForQuestionAnswering_forward(w, config, **inputs):
    x = t5_reread(w, config, "", **inputs)
    y = linear(w, "qa_outputs", x)
    return {"start_logits": y[..., 0], "end_logits": y[..., 1], "last_hidden_state": x}


def sequence_losses(forward, defaults):
    """The decoder reads the labels, one place later."""

    def loss(w, config, input_ids, labels, attention_mask):
        c = defaults | config
        decoded = shifted(labels, c["decoder_start_token_id"], c["pad_token_id"])
        y = forward(w, config, input_ids=input_ids, decoder_input_ids=decoded, attention_mask=attention_mask,
                    decoder_attention_mask=np.ones_like(decoded))  # fmt: skip
        return {"loss": cross_entropy(y["logits"], labels)}

    return loss


def MT5ForConditionalGeneration_forward(w, config, **inputs):
    """The same with other values where the config has none."""
    return T5ForConditionalGeneration_forward(w, {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False} | config, **inputs)


T5ForConditionalGeneration_loss = sequence_losses(T5ForConditionalGeneration_forward, T5)


# ---- BART and Marian ------------------------------------------------------------------------------------------------------------

BART = dict(d_model=1024, encoder_layers=12, decoder_layers=12, encoder_attention_heads=16, decoder_attention_heads=16,
            activation_function="gelu", scale_embedding=False, decoder_start_token_id=2, pad_token_id=1, eos_token_id=2,
            tie_word_embeddings=True)  # fmt: skip
MARIAN = BART | dict(decoder_start_token_id=58100, pad_token_id=58100, share_encoder_decoder_embeddings=True)


def bart_attention(w, at, x, memory, visible, H):
    q, k, v = (linear(w, f"{at}.{name}_proj", y) for name, y in (("q", x), ("k", memory), ("v", memory)))
    return linear(w, f"{at}.out_proj", attend(q, k, v, H, visible))


def bart_side(w, c, at, side, x, visible, memory=None, seen=None):
    H, act = c[f"{side}_attention_heads"], ACTIVATIONS[c["activation_function"]]
    for l in range(c[f"{side}_layers"]):
        here = f"{at}{side}.layers.{l}"
        x = norm(w, f"{here}.self_attn_layer_norm", x + bart_attention(w, f"{here}.self_attn", x, x, visible, H))
        if memory is not None:
            y = bart_attention(w, f"{here}.encoder_attn", x, memory, seen, H)
            x = norm(w, f"{here}.encoder_attn_layer_norm", x + y)
        x = norm(w, f"{here}.final_layer_norm", x + linear(w, f"{here}.fc2", act(linear(w, f"{here}.fc1", x))))
    return x


def bart_placed(w, c, at, side, tokens):
    x = w[f"{at}shared.weight"][tokens] * (math.sqrt(c["d_model"]) if c["scale_embedding"] else 1)
    x = x + w[f"{at}{side}.embed_positions.weight"][2 : 2 + tokens.shape[1]]
    return norm(w, f"{at}{side}.layernorm_embedding", x)


def marian_placed(w, c, at, side, tokens):
    """Sinusoids, all sines before all cosines."""
    D, T = c["d_model"], tokens.shape[1]
    table = w[f"{at}shared.weight" if c["share_encoder_decoder_embeddings"] else f"{at}{side}.embed_tokens.weight"]
    angle = np.arange(T)[:, None] / 10000 ** (2 * np.arange(D // 2) / D)
    places = np.concatenate([np.sin(angle), np.cos(angle)], 1)
    return table[tokens] * (math.sqrt(D) if c["scale_embedding"] else 1) + places


def both_sides(w, c, at, placed, input_ids, decoder_input_ids, attention_mask, decoder_attention_mask):
    seen = attention_mask[:, None, None].astype(bool)
    visible = before(decoder_input_ids.shape[1]) & decoder_attention_mask[:, None, None].astype(bool)
    memory = bart_side(w, c, at, "encoder", placed(w, c, at, "encoder", input_ids), seen)
    x = bart_side(w, c, at, "decoder", placed(w, c, at, "decoder", decoder_input_ids), visible, memory, seen)
    return {"last_hidden_state": x, "encoder_last_hidden_state": memory}


def BartModel_forward(w, config, **inputs):
    return both_sides(w, BART | config, "", bart_placed, **inputs)


def BartForConditionalGeneration_forward(w, config, **inputs):
    c = BART | config
    y = both_sides(w, c, "model.", bart_placed, **inputs)
    table = w["model.shared.weight" if c["tie_word_embeddings"] else "lm_head.weight"]
    return y | {"logits": y["last_hidden_state"] @ table.T + w["final_logits_bias"]}


def bart_reread(w, config, input_ids, attention_mask):
    """The decoder reads what the encoder read, one place later."""
    c = BART | config
    again = shifted(input_ids, c["decoder_start_token_id"], c["pad_token_id"])
    return c, both_sides(w, c, "model.", bart_placed, input_ids, again, attention_mask, np.ones_like(again))["last_hidden_state"]


def BartForSequenceClassification_forward(w, config, input_ids, attention_mask):
    c, x = bart_reread(w, config, input_ids, attention_mask)
    h = np.tanh(linear(w, "classification_head.dense", at_last(x, input_ids, c["eos_token_id"])))
    return {"logits": linear(w, "classification_head.out_proj", h), "last_hidden_state": x}


def BartForQuestionAnswering_forward(w, config, **inputs):
    _, x = bart_reread(w, config, **inputs)
    y = linear(w, "qa_outputs", x)
    return {"start_logits": y[..., 0], "end_logits": y[..., 1], "last_hidden_state": x}


def MarianModel_forward(w, config, **inputs):
    return both_sides(w, MARIAN | config, "", marian_placed, **inputs)


def MarianMTModel_forward(w, config, **inputs):
    c = MARIAN | config
    y = both_sides(w, c, "model.", marian_placed, **inputs)
    spoken = "model.shared.weight" if c["share_encoder_decoder_embeddings"] else "model.decoder.embed_tokens.weight"
    table = w[spoken if c["tie_word_embeddings"] else "lm_head.weight"]
    return y | {"logits": y["last_hidden_state"] @ table.T + w["final_logits_bias"]}


BartForConditionalGeneration_loss = sequence_losses(BartForConditionalGeneration_forward, BART)
MarianMTModel_loss = sequence_losses(MarianMTModel_forward, MARIAN)


# ---- ViT ------------------------------------------------------------------------------------------------------------------------

VIT = dict(num_hidden_layers=12, num_attention_heads=12, hidden_act="gelu", layer_norm_eps=1e-12, patch_size=16, qkv_bias=True)


def vit(w, config, at, pixel_values):
    c = VIT | config
    P, kernel = c["patch_size"], w[f"{at}embeddings.patch_embeddings.projection.weight"]
    B, C, R, S = pixel_values.shape
    R, S = R - R % P, S - S % P
    pixel_values = pixel_values[:, :, :R, :S]
    cut = pixel_values.reshape(B, C, R // P, P, S // P, P).transpose(0, 2, 4, 1, 3, 5).reshape(B, R // P * (S // P), C * P * P)
    x = cut @ kernel.reshape(len(kernel), -1).T + w[f"{at}embeddings.patch_embeddings.projection.bias"]
    first = np.broadcast_to(w[f"{at}embeddings.cls_token"], (B, 1, x.shape[2]))
    x = np.concatenate([first, x], 1) + w[f"{at}embeddings.position_embeddings"]
    eps, act = c["layer_norm_eps"], ACTIVATIONS[c["hidden_act"]]
    for l in range(c["num_hidden_layers"]):
        here = f"{at}encoder.layer.{l}."
        n = norm(w, f"{here}layernorm_before", x, eps)
        q, k, v = (linear(w, f"{here}attention.attention.{name}", n, c["qkv_bias"]) for name in ("query", "key", "value"))
        x = x + linear(w, f"{here}attention.output.dense", attend(q, k, v, c["num_attention_heads"], True))
        n = norm(w, f"{here}layernorm_after", x, eps)
        x = x + linear(w, f"{here}output.dense", act(linear(w, f"{here}intermediate.dense", n)))
    return norm(w, f"{at}layernorm", x, eps)


def ViTModel_forward(w, config, pixel_values):
    x = vit(w, config, "", pixel_values)
    return {"last_hidden_state": x, "pooler_output": np.tanh(linear(w, "pooler.dense", x[:, 0]))}


def ViTForImageClassification_forward(w, config, pixel_values):
    x = vit(w, config, "vit.", pixel_values)
    return {"logits": linear(w, "classifier", x[:, 0]), "last_hidden_state": x}
