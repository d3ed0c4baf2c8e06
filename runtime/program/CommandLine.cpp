// The only file that knows CLI11. It throws where a command line is wrong; nothing leaves this file.
#include "runtime/program/CommandLine.h"

#include "runtime/load/Signals.h"
#include "runtime/program/StandardOutput.h"
#include "runtime/program/Verbs.h"
#include "runtime/program/WrongCommandLine.h"

#include <CLI/CLI.hpp>

#include <cctype>
#include <new>

namespace heed::runtime {
namespace {

/// Without its description, which CLI11 would put into the help as "INT in [1 - 4096]".
CLI::Validator between(int64_t least, int64_t most) { return CLI::Range(least, most).description(""); }

void addModelFlags(CLI::App &app, ModelOptions &options) {
  app.add_option("--weights", options.weights,
                 "A safetensors file, a llama2.c file, or a folder with config.json and\n"
                 "model.safetensors. Default: the weights within the executable, else the initialisers")
      ->type_name("PATH");
  app.add_option("--threads", options.threads, "How many threads compute, for the same results. Default: one a core")
      ->check(between(1, 4096))
      ->type_name("N");
  app.add_flag("--check-finite", options.checkFinite, "Refuse weights that are infinite or not a number");
  app.add_option("--seed", options.seed, "Seed of all random draws. Default: 0")->type_name("N");
}

} // namespace

void addRunFlags(CLI::App &app, RunOptions &options, const std::string &program) {
  app.add_option("ENTRY", options.entry, "What to run: `forward`, or another entry of the model")
      ->required()
      ->type_name("");
  app.add_option("--inputs", options.inputs, "The safetensors file that holds the entry's inputs by name")
      ->required()
      ->type_name("FILE");
  app.add_option("--outputs", options.outputs,
                 "The safetensors file to write results into, by name, each in its own type")
      ->required()
      ->type_name("FILE");
  app.add_option("--prefix", options.prefix, "What stands before the names of inputs and results in the files")
      ->type_name("TEXT");
  app.add_flag("-v,--verbose", options.verbose,
               "Say which tensors of the input file are not used, and what sizes were found");
  addModelFlags(app, options);
  app.footer(fmt::format(
      "Integers convert where every value fits (0 and 1 to bool), floats by rounding, integers to floats never.\n\n"
      "Example: the input `tokens` is taken from the tensor `a.tokens`, the result `logits` written as `a.logits`\n"
      "  {} forward --inputs in.safetensors --outputs out.safetensors --prefix a.",
      program));
}

void addSaveFlags(CLI::App &app, SaveOptions &options, const std::string &program) {
  app.add_option("-o,--output", options.output, "The safetensors file to write")->required()->type_name("FILE");
  addModelFlags(app, options);
  app.footer(
      fmt::format("Every tensor gets the name, the shape and the order of axes that it has in a checkpoint, and the\n"
                  "type that the model computes with.\n\n"
                  "Example: what a checkpoint holds, read and written back\n"
                  "  {} -o model.safetensors",
                  program));
}

void addGenerateFlags(CLI::App &app, GenerateOptions &options, const std::string &program) {
  app.add_option("PROMPT", options.prompt, "The text to go on with")->type_name("");
  app.add_option("--steps", options.steps, "How many tokens at most. Default: 256")
      ->check(between(0, INT32_MAX))
      ->type_name("N");
  app.add_flag("--ids", options.ids, "Print ids, one a line, instead of text");
  app.add_option("--tokenizer", options.tokenizer,
                 "The vocabulary: a file or a folder, as `tokenize` takes it. Default: the one within\n"
                 "the executable, or within the folder of weights")
      ->type_name("PATH");
  app.add_flag("--special", options.special, "Recognise special tokens where the prompt spells them");
  addModelFlags(app, options);
  app.footer(fmt::format(
      "Text goes to standard output as it is made, everything else to standard error. The choice is greedy.\n\n"
      "Example: the ids of the first ten tokens\n"
      "  {} --steps 10 --ids",
      program));
}

static void addVocabularyFlags(CLI::App &app, TokenizeOptions &options, bool carried) {
  const char *formats = "A checkpoint folder, or a file: tokenizer.json, a SentencePiece model, vocab.txt,\n"
                        "vocab.json or merges.txt with the other beside it, a llama2.c vocabulary";
  if (carried)
    app.add_option("--tokenizer", options.vocabulary,
                   fmt::format("{}.\nDefault: the one within the executable", formats))
        ->type_name("PATH");
  else
    app.add_option("VOCABULARY", options.vocabulary, formats)->required()->type_name("");
  app.add_flag("--cased", options.cased, "Keep upper case, where a vocab.txt leaves that open");
  CLI::Option *lines = app.add_flag("--lines", options.lines, "Each line is a text of its own");
  app.add_flag("--json", options.json, "Read and write a JSON array with an entry a text")->excludes(lines);
  app.add_option("--threads", options.threads, "How many threads share out several texts. Default: one a core")
      ->type_name("N");
}

void addTokenizeFlags(CLI::App &app, TokenizeOptions &options, const std::string &program, bool carried) {
  addVocabularyFlags(app, options, carried);
  std::vector<CLI::Option *> shown;
  auto show = [&](const char *flag, TokenizeOptions::Shown what, const char *description) {
    CLI::Option *option = app.add_flag_callback(flag, [&options, what] { options.shown = what; }, description);
    for (CLI::Option *other : shown)
      option->excludes(other);
    shown.push_back(option);
    return option;
  };
  show("--ids", TokenizeOptions::Ids, "Print ids (what is printed anyway)");
  show("--pieces", TokenizeOptions::Pieces, "Print tokens as the vocabulary spells them");
  show("--offsets", TokenizeOptions::Offsets, "Print BEGIN:END, the bytes of the text that each token stands for");
  show("--types", TokenizeOptions::Types, "Print which of two texts each token is of, as models are told it");
  show("--mask", TokenizeOptions::Mask, "Print 1 for each token, and 0 for one that only fills up");
  show("--all", TokenizeOptions::All, "With --json, print all of these, an object a text");
  app.add_flag("--special", options.special,
               "Put the special tokens that the vocabulary wants, and recognise them in the text");
  app.add_option("--pair", options.pair, "The second text of each; in JSON, an entry may be a pair itself")
      ->type_name("TEXT");
  app.add_option("--max-length", options.most, "Leave out tokens of texts that have more than N, special ones included")
      ->check(between(1, INT32_MAX))
      ->type_name("N");
  app.add_option_function<std::string>(
         "--pad-to",
         [&options](const std::string &length) {
           options.padToLongest = length == "longest";
           if (!options.padToLongest)
             options.padTo = std::stoll(length);
         },
         "Fill texts up to N tokens, or to as many as the longest one has")
      ->check(CLI::IsMember({"longest"}).description("") | between(1, 1 << 20))
      ->type_name("N|longest");
  app.add_flag("--strict", options.strict, "Refuse text that is no UTF-8, instead of replacing what is not");
  app.footer(fmt::format("The text is read from standard input.\n\n"
                         "Examples\n"
                         "  printf 'Hello, world!' | {0}{1} --pieces\n"
                         "  printf '[[\"a question\", \"a passage\"]]' | {0}{2} --json --all --special --pad-to 16",
                         program, carried ? "" : " tokenizer.json", carried ? "" : " vocab.txt"));
}

void addDetokenizeFlags(CLI::App &app, TokenizeOptions &options, const std::string &program, bool carried) {
  addVocabularyFlags(app, options, carried);
  app.footer(fmt::format("Ids are read from standard input, with spaces or commas between.\n\n"
                         "Example\n"
                         "  echo 15496 11 995 0 | {}{}",
                         program, carried ? "" : " tokenizer.json"));
}

void addLearnFlags(CLI::App &app, LearnVocabularyOptions &options, const std::string &program) {
  app.add_option("KIND", options.kind,
                 "bpe (of bytes, as GPT-2's), wordpiece (as BERT's), unigram (as SentencePiece's),\n"
                 "characters or words")
      ->required()
      ->type_name("")
      ->check(oneOf({"bpe", "wordpiece", "unigram", "characters", "words"}));
  app.add_option("TEXTS", options.files, "The files to learn from")->required()->type_name("");
  app.add_option("-o,--output", options.output,
                 "A folder, or a file: .json (tokenizer.json, any kind), .txt (wordpiece), .model (unigram)")
      ->required()
      ->type_name("PATH");
  app.add_option("--size", options.size, "How many tokens, special ones included")->type_name("N");
  app.add_option("--frequency", options.frequency, "How often a token's text must stand in the texts. Default: 1")
      ->type_name("N");
  app.add_option("--special", options.special, "A special token besides those that the kind has; may be repeated")
      ->type_name("TOKEN")
      ->allow_extra_args(false);
  app.add_flag("--cased", options.cased, "wordpiece: keep upper case and accents");
  app.add_option("--threads", options.threads, "How many threads; the result doesn't depend on it. Default: one a core")
      ->type_name("N");
  app.footer(fmt::format("Example: vocab.json and merges.txt in the folder `vocabulary`\n"
                         "  {} bpe corpus.txt --size 8000 -o vocabulary",
                         program));
}

namespace {

int report(const Result<void> &outcome) {
  if (outcome)
    return 0;
  tell(fmt::format("error: {}\n", outcome.error().text));
  return 1;
}

/// "/usr/bin/stories" as examples show it: "stories".
std::string nameOfProgram(int argc, char **argv) {
  std::string path = argc > 0 ? argv[0] : "model";
  return path.substr(path.rfind('/') + 1);
}

int parseAndRun(const heed_model &model, int argc, char **argv, std::shared_ptr<const Embedded> embedded) {
  std::string program = nameOfProgram(argc, argv);
  CLI::App app(fmt::format("{}: a model compiled by heed", model.name), program);
  app.require_subcommand(0, 1); // none is told in our own words
  app.footer(fmt::format("Example\n  {0} info\n  {0} run --help", program));

  RunOptions runOptions;
  CLI::App *run = app.add_subcommand("run", "Run an entry on tensors from a file, write its results into another");
  addRunFlags(*run, runOptions, program + " run");
  GenerateOptions generateOptions;
  CLI::App *generate = app.add_subcommand("generate", "Make text, printed as it is made");
  addGenerateFlags(*generate, generateOptions, program + " generate");
  TokenizeOptions tokenizeOptions, detokenizeOptions;
  CLI::App *tokenize = app.add_subcommand("tokenize", "Turn text into ids, by the vocabulary within");
  addTokenizeFlags(*tokenize, tokenizeOptions, program + " tokenize", true);
  CLI::App *detokenize = app.add_subcommand("detokenize", "Turn ids into text");
  addDetokenizeFlags(*detokenize, detokenizeOptions, program + " detokenize", true);
  SaveOptions saveOptions;
  CLI::App *save = app.add_subcommand("save", "Write the weights as a safetensors file");
  addSaveFlags(*save, saveOptions, program + " save");
  CLI::App *info = app.add_subcommand("info", "Say what this model is: entries, shapes, parameters, CPU");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success &) { // --help
    return report(putOut(app.help()));
  } catch (const CLI::ParseError &error) {
    bool any = !app.get_subcommands().empty();
    std::string command = any ? program + " " + app.get_subcommands()[0]->get_name() : program;
    tell(fmt::format("error: {}\n  `{} --help` tells more\n",
                     whatIsWrong(error, any ? *app.get_subcommands()[0] : app, command), command));
    return 1;
  }
  if (run->parsed())
    return report(runEntry(model, runOptions, embedded));
  if (generate->parsed())
    return report(generateText(model, generateOptions, embedded));
  if (tokenize->parsed())
    return report(tokenizeText(tokenizeOptions, embedded.get()));
  if (detokenize->parsed())
    return report(detokenizeText(detokenizeOptions, embedded.get()));
  if (save->parsed())
    return report(saveWeights(model, saveOptions, embedded));
  if (info->parsed())
    return report(describe(model, embedded));
  return report(failure("a command is missing; `{} --help` tells which there are", program));
}

} // namespace

int runModel(const heed_model &model, int argc, char **argv, std::shared_ptr<const Embedded> embedded) {
  occupyStandardFiles();
  handleSignals();
  try {
    return parseAndRun(model, argc, argv, embedded);
  } catch (const std::bad_alloc &) { // of small things; large memory is asked for by functions that answer
    tell("error: there is not enough memory\n");
    return 1;
  }
}

} // namespace heed::runtime
