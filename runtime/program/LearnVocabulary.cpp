// The verb `train-tokenizer`: a vocabulary from texts, and how far that is.
#include "runtime/program/StandardOutput.h"
#include "runtime/program/Verbs.h"
#include "runtime/tokenizer/Tokenizer.h"
#include "runtime/tokenizer/learn/SavedVocabulary.h"

#include <chrono>
#include <unistd.h>

namespace heed::runtime {
namespace {

/// One line that is written anew on a terminal; elsewhere a line a step.
class ProgressLine {
public:
  void tellAbout(std::string_view what, double done) {
    auto now = std::chrono::steady_clock::now();
    bool fresh = what != step;
    if (!fresh && (!terminal || now - told < std::chrono::milliseconds(100)))
      return;
    step = what, told = now;
    if (terminal)
      tell(fmt::format("\r{} {:3.0f} %\x1b[K", what, 100 * done));
    else
      tell(fmt::format("{}\n", what));
  }
  ~ProgressLine() {
    if (terminal && !step.empty())
      tell("\r\x1b[K");
  }

private:
  bool terminal = isatty(2) == 1;
  std::string step;
  std::chrono::steady_clock::time_point told;
};

VocabularyKind kindOf(const std::string &name) {
  if (name == "bpe")
    return VocabularyKind::Bpe;
  if (name == "wordpiece")
    return VocabularyKind::WordPiece;
  if (name == "unigram")
    return VocabularyKind::Unigram;
  return name == "words" ? VocabularyKind::Words : VocabularyKind::Characters;
}

/// What is asked for, or what is wrong with it.
Result<LearnOptions> learnOptions(const LearnVocabularyOptions &given) {
  constexpr int64_t most = 1 << 24;
  LearnOptions options{kindOf(given.kind), given.size, given.frequency, given.cased, given.special};
  bool sized = options.kind != VocabularyKind::Characters && options.kind != VocabularyKind::Words;
  if (given.size == 0 && sized)
    return failure("how many tokens? `{}` needs `--size`", given.kind);
  if (given.size < 0 || given.size > most)
    return failure("--size {}: a size from 1 to {} was expected", given.size, most);
  if (given.cased && options.kind != VocabularyKind::WordPiece)
    return failure("--cased: only `wordpiece` changes case");
  for (const std::string &token : given.special)
    if (token.empty() || token.find('\n') != std::string::npos)
      return failure("--special {}: one line that isn't empty was expected", ticked(token));
  if (Result<void> can = canSave(options.kind, given.output); !can)
    return can.error();
  return options;
}

} // namespace

Result<void> learnVocabularyFiles(const LearnVocabularyOptions &given) {
  Result<LearnOptions> options = learnOptions(given);
  if (!options)
    return options.error();
  auto begin = std::chrono::steady_clock::now();
  ThreadPool pool(given.threads);
  Result<LearntVocabulary> learnt = [&] {
    ProgressLine line;
    return learnVocabulary(given.files, *options, pool,
                           [&](std::string_view what, double done) { line.tellAbout(what, done); });
  }();
  if (!learnt)
    return learnt.error();
  if (Result<void> saved = saveVocabulary(*learnt, given.output); !saved)
    return saved;
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  int64_t size = int64_t(learnt->tokens.size());
  std::string fewer = size < given.size ? fmt::format(", fewer than {}: the texts have no more", given.size) : "";
  tell(fmt::format("{} tokens{}, in {:.1f} s: {}\n", size, fewer, seconds.count(), given.output));
  return {};
}

} // namespace heed::runtime
