// The verb `generate`: text on standard output, piece by piece; how fast it went on standard error.
#include "runtime/program/Verbs.h"

#include "runtime/generate/Generation.h"
#include "runtime/program/Session.h"
#include "runtime/program/StandardOutput.h"
#include "runtime/tokenizer/Tokenizer.h"

#include <chrono>

namespace heed::runtime {
namespace {

Result<std::unique_ptr<Tokenizer>> tokenizerOf(const heed_model &model, const GenerateOptions &options,
                                               const Embedded *embedded) {
  if (!options.tokenizer.empty())
    return openTokenizer(options.tokenizer);
  if (embedded && embedded->tokenizer)
    return parseTokenizer(fmt::format("the section `{}` of this executable", Embedded::tokenizerSection),
                          *embedded->tokenizer);
  return failure("`{}` carries no vocabulary; name a file with `--tokenizer`", model.name);
}

struct Tally {
  int64_t tokens = 0;
  Result<void> outcome;
};

/// As many ids as asked for, fewer where the text ends or something fails.
Tally generate(Generation generation, const Tokenizer &tokenizer, const GenerateOptions &options) {
  Tally tally;
  TextStream stream(tokenizer);
  while (tally.tokens < options.steps) {
    Result<int32_t> id = generation.next();
    if (!id) {
      tally.outcome = failure("stopped after {} tokens: {}", tally.tokens, id.error().text);
      break;
    }
    if (tokenizer.ends(*id))
      break;
    ++tally.tokens;
    tally.outcome = putOut(options.ids ? fmt::format("{}\n", *id) : stream.push(*id));
    if (!tally.outcome)
      return tally;
  }
  // The text is closed by a new line whatever ended it.
  if (Result<void> put = putOut(options.ids ? "" : stream.finish() + "\n"); !put)
    tally.outcome = put;
  return tally;
}

} // namespace

Result<void> generateText(const heed_model &model, const GenerateOptions &options,
                          std::shared_ptr<const Embedded> embedded) {
  Result<std::unique_ptr<Tokenizer>> tokenizer = tokenizerOf(model, options, embedded.get());
  if (!tokenizer)
    return tokenizer.error();
  Result<Session> session = Session::open(model, options, embedded);
  if (!session)
    return session.error();
  Result<LanguageModel> language = LanguageModel::make(model, session->weights.image(), *session->cpu, options.seed);
  if (!language)
    return language.error();
  if (language->vocabulary() != (*tokenizer)->size())
    return failure("the vocabulary has {} pieces, but `{}` gives scores for {}", (*tokenizer)->size(), model.name,
                   language->vocabulary());

  Greedy greedy;
  auto begin = std::chrono::steady_clock::now();
  Tally tally = generate(Generation(*language, greedy, (*tokenizer)->start()), **tokenizer, options);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (tally.tokens != 0)
    tell(fmt::format("{} tokens in {:.2f} s, {:.1f} tokens/s, {} thread{}; weights: {}\n", tally.tokens, seconds,
                     double(tally.tokens) / seconds, session->cpu->threads(), session->cpu->threads() == 1 ? "" : "s",
                     session->weightsFrom));
  return tally.outcome;
}

} // namespace heed::runtime
