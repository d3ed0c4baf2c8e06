// `decoder` of a `tokenizer.json`: a token at a time, so that text can be streamed.
#include "runtime/tokenizer/ByteAlphabet.h"
#include "runtime/tokenizer/BytePiece.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/text/JsonStages.h"

namespace heed::runtime {

void replaceAll(std::string &text, std::string_view what, std::string_view by) {
  for (size_t at = 0; !what.empty() && (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

/// English as it is written: no space before what leans on the word before it.
static void tidy(std::string &text) {
  for (auto [what, by] : {std::pair(" .", "."), std::pair(" ?", "?"), std::pair(" !", "!"), std::pair(" ,", ","),
                          std::pair(" ' ", "'"), std::pair(" n't", "n't"), std::pair(" 'm", "'m"),
                          std::pair(" 's", "'s"), std::pair(" 've", "'ve"), std::pair(" 're", "'re")})
    replaceAll(text, what, by);
}

/// A pattern is tried on the vocabulary first, for nobody can be told of one that explodes while text is being made.
JsonStages::Decoder JsonStages::replacingDecoder(const JsonStage &stage, bool fused) {
  auto [what, by] = replacement(stage);
  bool isPattern = !stage["pattern"]["Regex"].null();
  if (isPattern && fused)
    stage.refuse("a pattern behind a stage that makes one text of all tokens is not supported");
  auto replaced = [what, by](const std::string &token) -> Result<std::string> {
    std::string result;
    size_t copied = 0;
    Result<void> done = what.each(token, [&](size_t begin, size_t end) {
      result.append(token, copied, begin - copied) += by;
      copied = end;
    });
    if (!done)
      return done.error();
    return result.append(token, copied);
  };
  for (size_t id = 0; id != table.size() && isPattern; ++id)
    if (std::string token(table.tokens()[id]); !isUtf8(token)) {
      continue;
    } else if (Result<std::string> text = replaced(token); !text) {
      stage.refuseAs(text.error());
      break;
    }
  return [=](Spelled it) {
    if (isPattern && !isUtf8(it.token)) // a part of a character
      return;
    if (Result<std::string> text = replaced(it.token))
      it.token = std::move(*text);
  };
}

/// `fused`: a stage before this one has made one text of all tokens, so what begins it is in the first one only.
JsonStages::Decoder JsonStages::decoder(const JsonStage &stage, bool &fused) {
  std::string type = stage.type();
  if (type == "Sequence")
    return [all = each(stage, "decoders", [&](const JsonStage &inner) { return decoder(inner, fused); })](Spelled it) {
      for (const Decoder &decode : all)
        decode(it);
    };
  if (type == "ByteLevel")
    return [](Spelled it) {
      if (!it.added) // which are text, not spelled in the alphabet
        it.token = bytesOfAlphabet(it.token).value_or(it.token);
    };
  if (type == "ByteFallback")
    return [](Spelled it) {
      if (std::optional<char> byte = byteOfPiece(it.token))
        it.token = std::string(1, *byte);
    };
  if (type == "Fuse")
    return fused = true, [](Spelled) {};
  if (type == "Metaspace")
    return
        [mark = stage.character("replacement", "\xE2\x96\x81"), bare = prefixOf(stage) != Prefix::Never](Spelled it) {
          if (!it.previous && bare && it.token.starts_with(mark))
            it.token.erase(0, mark.size());
          replaceAll(it.token, mark, " ");
        };
  if (type == "WordPiece")
    return [prefix = stage.text("prefix", "##"), clean = stage.truth("cleanup", true)](Spelled it) {
      if (it.previous)
        it.token = it.token.starts_with(prefix) ? it.token.substr(prefix.size()) : " " + it.token;
      if (clean)
        tidy(it.token);
    };
  if (type == "BPEDecoder") // a space for each suffix but the last one
    return [suffix = stage.text("suffix", "</w>")](Spelled it) {
      replaceAll(it.token, suffix, "");
      if (it.previous && it.previous->ends_with(suffix))
        it.token.insert(0, " ");
    };
  if (type == "Replace")
    return replacingDecoder(stage, fused);
  if (type == "Strip") {
    if (stage.whole("stop", 0, 0) != 0)
      stage.refuse("`stop` is not 0: taking from the end of a text that is still being made is not supported");
    return [what = stage.character("content", " "), left = stage.whole("start", 0, 0), fused](Spelled it) {
      for (int64_t i = 0; i < left && (!it.previous || !fused) && it.token.starts_with(what); ++i)
        it.token.erase(0, what.size());
    };
  }
  stage.refuseType("BPEDecoder, ByteFallback, ByteLevel, Fuse, Metaspace, Replace, Sequence, Strip and WordPiece");
  return {};
}

} // namespace heed::runtime
