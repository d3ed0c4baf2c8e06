#include "runtime/tokenizer/Stages.h"

#include "runtime/tokenizer/Cutter.h"
#include "runtime/tokenizer/Utf8.h"

namespace heed::runtime {

Normaliser inSequence(std::vector<Normaliser> stages) {
  return [stages = std::move(stages)](Aligned text) -> Result<Aligned> {
    for (const Normaliser &stage : stages) {
      Result<Aligned> next = stage(std::move(text));
      if (!next)
        return next;
      text = std::move(*next);
    }
    return text;
  };
}

static Extent ofFirst(const Aligned &text) {
  size_t end = 0;
  nextCharacter(text.text(), end);
  return text.origin(0, end);
}

Normaliser prepended(std::string what, Mark mark) {
  return [=](Aligned in) -> Result<Aligned> {
    if (in.empty())
      return in;
    Aligned result;
    result.append(what, mark == Mark::OfFirst ? ofFirst(in) : in.origin(0, 0));
    result.append(in, 0, in.text().size());
    return result;
  };
}

Splitter splitInSequence(std::vector<Splitter> stages) {
  return [stages = std::move(stages)](Piece piece, Pieces &out) -> Result<void> {
    Pieces now;
    now.push_back(std::move(piece));
    for (const Splitter &stage : stages) {
      Pieces next;
      for (Piece &each : now)
        if (Result<void> done = stage(std::move(each), next); !done)
          return done;
      now = std::move(next);
    }
    std::move(now.begin(), now.end(), std::back_inserter(out));
    return {};
  };
}

Splitter metaspace(std::string mark, Prefix prefix, bool split) {
  return [=](Piece piece, Pieces &out) -> Result<void> {
    std::string_view text = piece.text.text();
    Aligned changed;
    bool wanted = prefix == Prefix::Always || (prefix == Prefix::First && piece.first);
    if (wanted && !text.empty() && !text.starts_with(' ') && !text.starts_with(mark))
      changed.append(mark, ofFirst(piece.text));
    size_t copied = 0;
    for (size_t at = 0; (at = text.find(' ', at)) != std::string::npos; ++at) {
      changed.append(piece.text, copied, at);
      changed.append(mark, piece.text.origin(at, at + 1));
      copied = at + 1;
    }
    changed.append(piece.text, copied, text.size());
    piece.text = std::move(changed);
    if (!split) {
      out.push_back(std::move(piece));
      return {};
    }
    Cutter cutter(piece, Match::MergedWithNext, out);
    for (size_t at = 0; (at = piece.text.text().find(mark, at)) != std::string::npos; at += mark.size())
      cutter.match(at, at + mark.size());
    cutter.finish();
    return {};
  };
}

} // namespace heed::runtime
