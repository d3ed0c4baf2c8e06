// The verb `generate`: text on standard output, piece by piece; how fast it went on standard error.
#include "runtime/program/Verbs.h"

#include "runtime/generate/Generation.h"
#include "runtime/program/CarriedVocabulary.h"
#include "runtime/program/Session.h"
#include "runtime/program/StandardOutput.h"
#include "runtime/tokenizer/VocabularyFiles.h"

#include <chrono>

namespace heed::runtime {
namespace {

/// The vocabulary that is named, the one within, or the one that lies beside the weights.
MadeTokenizer tokenizerOf(const heed_model &model, const GenerateOptions &options, const Embedded *embedded) {
  bool carried = embedded && embedded->tokenizer;
  bool beside = options.tokenizer.empty() && !carried && VocabularyFiles::isIn(options.weights);
  return vocabularyOf(beside ? options.weights : options.tokenizer, {}, embedded, fmt::format("`{}`", model.name));
}

/// The ids that the text begins with: those of the prompt, and what the vocabulary puts before a text.
Result<std::vector<int32_t>> beginning(const Tokenizer &tokenizer, const GenerateOptions &options) {
  Result<std::vector<Token>> tokens =
      tokenizer.encode(options.prompt, std::nullopt, {.special = true, .spelled = options.special});
  if (!tokens)
    return tokens.error();
  while (!tokens->empty() && tokens->back().place.begin == tokens->back().place.end &&
         tokenizer.ends(tokens->back().id) && (tokens->size() > 1 || tokens->back().id != tokenizer.start()))
    tokens->pop_back(); // what would end the text
  std::vector<int32_t> ids;
  for (const Token &token : *tokens)
    ids.push_back(token.id);
  if (ids.empty() && tokenizer.start() >= 0)
    ids.push_back(tokenizer.start());
  if (ids.empty())
    return failure("the vocabulary has no token that begins a text; give a text to go on with");
  return ids;
}

struct Tally {
  int64_t tokens = 0;
  Result<void> outcome;
};

/// As many ids as asked for, fewer where the text ends or something fails. The prompt is part of the text.
Tally generate(Generation generation, const Tokenizer &tokenizer, const GenerateOptions &options) {
  Tally tally;
  TextStream stream(tokenizer);
  if (!options.prompt.empty())
    for (int32_t id : generation.ids())
      if (tally.outcome = putOut(options.ids ? fmt::format("{}\n", id) : stream.push(id)); !tally.outcome)
        return tally;
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
  MadeTokenizer tokenizer = tokenizerOf(model, options, embedded.get());
  if (!tokenizer)
    return tokenizer.error();
  Result<std::vector<int32_t>> begun = beginning(**tokenizer, options);
  if (!begun)
    return begun.error();
  Result<Session> session = Session::open(model, options, embedded);
  if (!session)
    return session.error();
  Result<LanguageModel> language = LanguageModel::make(model, session->weights.image(), *session->cpu, options.seed);
  if (!language)
    return language.error();
  if ((*tokenizer)->size() > language->vocabulary()) // a model that has more is one whose embedding was padded
    return failure("the vocabulary has {} tokens, but `{}` gives scores for {}", (*tokenizer)->size(), model.name,
                   language->vocabulary());

  Greedy greedy;
  auto begin = std::chrono::steady_clock::now();
  Tally tally = generate(Generation(*language, greedy, *begun, (*tokenizer)->size()), **tokenizer, options);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (tally.tokens != 0)
    tell(fmt::format("{} tokens in {:.2f} s, {:.1f} tokens/s, {} thread{}; weights: {}\n", tally.tokens, seconds,
                     double(tally.tokens) / seconds, session->cpu->threads(), session->cpu->threads() == 1 ? "" : "s",
                     session->weightsFrom));
  return tally.outcome;
}

} // namespace heed::runtime
