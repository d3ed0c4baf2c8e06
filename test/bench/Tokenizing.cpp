// Texts into ids against the SentencePiece library on its own models, and the learning of vocabularies.
#include "Bench.h"
#include "Process.h"

#include "runtime/load/MappedFile.h"
#include "runtime/tokenizer/Tokenizer.h"
#include "runtime/tokenizer/Utf8.h"
#include "runtime/tokenizer/learn/Learning.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <functional>
#include <random>

namespace heed::bench {
namespace {

constexpr Unit megabytes = {"MB/s", 1e6};
const std::string data = HEED_DATA, corpus = data + "/tinyshakespeare/input.txt";

runtime::MadeTokenizer opened(Bench &bench, const std::string &name, const std::string &path) {
  runtime::MadeTokenizer tokenizer = runtime::openTokenizer(path);
  if (!tokenizer)
    bench.table.broken(name, tokenizer.error().text);
  return tokenizer;
}

Contender encoding(const runtime::Tokenizer &tokenizer, std::string_view text) {
  return {[&tokenizer, text] { (void)tokenizer.encode(text, std::nullopt, {}); }, double(text.size())};
}

/// The whole text at once, by us and by the library.
void againstSentencePiece(Bench &bench, const std::string &name, const std::string &model, std::string_view text) {
  runtime::MadeTokenizer tokenizer = opened(bench, name, model);
  sentencepiece::SentencePieceProcessor peer;
  if (!tokenizer)
    return;
  if (!peer.Load(model).ok())
    return bench.table.broken(name, "the library can't load " + model);
  std::vector<int> theirs, ours;
  peer.Encode(text, &theirs).IgnoreError();
  Result<std::vector<runtime::Token>> tokens = (*tokenizer)->encode(text, std::nullopt, {});
  for (const runtime::Token &token : *tokens)
    ours.push_back(token.id);
  if (ours != theirs)
    return bench.table.broken(name, "the ids are not those of the library");
  Contender contenders[] = {encoding(**tokenizer, text),
                            {[&] {
                               std::vector<int> ids;
                               peer.Encode(text, &ids).IgnoreError();
                             },
                             double(text.size())}};
  std::vector<double> rates = medianRates(contenders, Clock::Core);
  bench.table.row(name, rates[0], megabytes, "SentencePiece", rates[1], 1.0);
}

/// Letters alone, as one word.
std::string withoutSpaces(std::string_view text, size_t size) {
  std::string word;
  for (char c : text)
    if (word.size() != size && std::isalpha((unsigned char)c))
      word += c;
  return word;
}

void longWord(Bench &bench, const std::string &name, const std::string &model, std::string_view text) {
  constexpr size_t size = 100'000;
  runtime::MadeTokenizer tokenizer = opened(bench, name, model);
  if (!tokenizer)
    return;
  std::string word = withoutSpaces(text, size), longer = withoutSpaces(text, 8 * size);
  Contender contenders[] = {encoding(**tokenizer, word), encoding(**tokenizer, text.substr(0, size)),
                            encoding(**tokenizer, longer)};
  std::vector<double> rates = medianRates(contenders, Clock::Core);
  bench.table.row(name + ", 100 KB without a space", rates[0], megabytes, "100 KB of prose", rates[1], 1.0);
  bench.table.row(name + ", 800 KB without a space", rates[2], megabytes, "100 KB", rates[0]);
}

/// Texts that are hard on one scheme or another: none may cost more by the byte when it is longer.
void hardTexts(Bench &bench, const std::string &name, const std::string &model) {
  constexpr size_t size = 100'000;
  runtime::MadeTokenizer tokenizer = opened(bench, name, model);
  if (!tokenizer)
    return;
  std::mt19937 random(1);
  std::pair<std::string_view, std::function<std::string()>> kinds[] = {
      {"one letter", [] { return "a"; }},
      {"two letters in turn", [] { return "ab"; }},
      {"random bytes", [&] { return std::string(1, char(random() & 0xFF)); }},
      {"ideographs", [&] { return runtime::utf8Of(0x4E00 + char32_t(random() % 0x5000)); }}};
  for (auto &[kind, next] : kinds) {
    std::string text, longer;
    for (; longer.size() < 8 * size; longer += next())
      if (text.empty() && longer.size() >= size)
        text = longer;
    Contender contenders[] = {encoding(**tokenizer, longer), encoding(**tokenizer, text)};
    std::vector<double> rates = medianRates(contenders, Clock::Core);
    bench.table.row(fmt::format("{}, 800 KB of {}", name, kind), rates[0], megabytes, "100 KB", rates[1]);
  }
}

/// The library's trainer with our normalisation and one thread.
double secondsOfTrainer(const std::string &prefix) {
  double begin = now(Clock::Wall);
  sentencepiece::SentencePieceTrainer::Train(
      fmt::format("--input={} --model_prefix={} --vocab_size=8000 --model_type=unigram --num_threads=1 "
                  "--normalization_rule_name=identity --minloglevel=2",
                  corpus, prefix))
      .IgnoreError();
  return now(Clock::Wall) - begin;
}

double secondsOfLearning(Bench &bench, runtime::VocabularyKind kind) {
  runtime::ThreadPool pool(1);
  double begin = now(Clock::Wall);
  Result<runtime::LearntVocabulary> learnt =
      runtime::learnVocabulary({corpus}, {.kind = kind, .size = 8000}, pool, [](std::string_view, double) {});
  if (!learnt)
    bench.table.broken("tokenizer, learning", learnt.error().text);
  return now(Clock::Wall) - begin;
}

} // namespace

void tokenizing(Bench &bench) {
  if (!bench.table.wants("tokenizer"))
    return;
  bench.table.heading("tokenizer: tinyshakespeare, 1.1 MB as one text; learning of 8000 tokens from it, wall time");
  Result<runtime::MappedFile> file = runtime::MappedFile::open(corpus);
  if (!file)
    return bench.table.note("  left out: " + file.error().text);
  std::string_view text = file->text();
  std::string bpe = temporary("bpe");
  sentencepiece::SentencePieceTrainer::Train("--input=" + corpus + " --model_prefix=" + bpe +
                                             " --vocab_size=8000 --model_type=bpe --minloglevel=2")
      .IgnoreError();
  std::string gpt2 = data + "/gpt2-bpe", t5 = data + "/sentencepiece/t5_tokenizer_base.model", name,
              bert = data + "/bert-wordpiece/bert-base-uncased-vocab.txt";
  againstSentencePiece(bench, "tokenizer, Unigram (T5)", t5, text);
  againstSentencePiece(bench, "tokenizer, Unigram of 1000", data + "/sentencepiece/test_model.model", text);
  againstSentencePiece(bench, "tokenizer, BPE of 8000", bpe + ".model", text);
  if (runtime::MadeTokenizer tokenizer = opened(bench, name = "tokenizer, byte-level BPE (GPT-2)", gpt2)) {
    Contender contenders[] = {encoding(**tokenizer, text)};
    bench.table.row(name, medianRates(contenders, Clock::Core)[0], megabytes, "at least", 5e6, 1.0);
  }
  if (runtime::MadeTokenizer tokenizer = opened(bench, name = "tokenizer, WordPiece (BERT)", bert)) {
    Contender contenders[] = {encoding(**tokenizer, text)};
    bench.table.row(name, medianRates(contenders, Clock::Core)[0], megabytes, "at least", 5e6);
  }
  longWord(bench, "tokenizer, Unigram (T5)", t5, text);
  longWord(bench, "tokenizer, BPE of 8000", bpe + ".model", text);
  longWord(bench, "tokenizer, byte-level BPE (GPT-2)", gpt2, text);
  hardTexts(bench, "tokenizer, Unigram (T5)", t5);
  hardTexts(bench, "tokenizer, BPE of 8000", bpe + ".model");
  hardTexts(bench, "tokenizer, byte-level BPE (GPT-2)", gpt2);
  hardTexts(bench, "tokenizer, WordPiece (BERT)", bert);
  bench.table.times("tokenizer, learning Unigram", secondsOfLearning(bench, runtime::VocabularyKind::Unigram),
                    "SentencePiece", secondsOfTrainer(temporary("unigram")));
  bench.table.times("tokenizer, learning byte-level BPE", secondsOfLearning(bench, runtime::VocabularyKind::Bpe),
                    "at most", 5);
}

} // namespace heed::bench
