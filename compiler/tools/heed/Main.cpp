// The program `heed`: a table of verbs and their flags. The only file here that knows CLI11, which throws where a
// command line is wrong; nothing leaves this file.
#include "compiler/tools/heed/MlirFlags.h"
#include "compiler/tools/heed/Output.h"
#include "compiler/tools/heed/Verbs.h"
#include "lang/diagnostics/Diagnostics.h"
#include "runtime/program/CommandLine.h"
#include "runtime/program/StandardOutput.h"
#include "runtime/program/Verbs.h"
#include "runtime/program/WrongCommandLine.h"

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>

#include <functional>
#include <map>
#include <new>

namespace heed::tools {
namespace {

constexpr const char *version = "heed " HEED_VERSION " (LLVM " HEED_LLVM_VERSION ")";

constexpr const char *firstSteps = R"(First steps
  heed check model.heed
  heed build model.heed --weights model.safetensors -o model
  ./model --help
  heed explain E0301

`heed VERB --help` tells all about a verb.)";

/// CLI11 ends the last group that is shown with one more empty line if one that is not shown follows.
struct Help : CLI::Formatter {
  std::string make_help(const CLI::App *verb, std::string name, CLI::AppFormatMode mode) const override {
    std::string text = CLI::Formatter::make_help(verb, std::move(name), mode);
    for (size_t at; (at = text.find("\n\n\n")) != std::string::npos;)
      text.erase(at, 1);
    return text;
  }
};

// ---- flags that several verbs share ----

void addFile(CLI::App &verb, std::string &file) {
  verb.add_option("FILE", file, "The model's .heed file, or a checkpoint folder of an architecture that heed knows")
      ->required()
      ->type_name("");
}

/// What is compiled. `--weights` is not among them: verbs that run a model have it from the runtime.
void addSourceFlags(CLI::App &verb, SourceOptions &options) {
  addFile(verb, options.file);
  verb.add_option("--model", options.model,
                  "Which model, where the file holds several, and its hyper-parameters: 'GPT2(depth = 48)'")
      ->type_name("EXPR");
  verb.add_option("--stdlib", options.stdlib,
                  "The folder of the standard library (default: the one that heed came with)")
      ->type_name("DIR");
}

void addWeights(CLI::App &verb, std::string &weights, const char *what) {
  verb.add_option("--weights", weights, what)->type_name("PATH");
}

void addMachineFlags(CLI::App &verb, SourceOptions &options) {
  verb.add_option("--damage", options.damaged)->group(""); // not shown: tests make a kernel wrong by it
  verb.add_option("--precision", options.precision, "The type of the elements that the model leaves open (default f32)")
      ->check(runtime::oneOf({"f32", "bf16"}))
      ->type_name("f32|bf16");
  verb.add_option("--cpu", options.cpu, "What to make code for: native, x86-64-v3, … (default native)")
      ->type_name("CPU");
  verb.add_option("--plain", options.plain,
                  "A kernel to be written as scalar loops, the reference; `all` for every one. May be repeated")
      ->allow_extra_args(false)
      ->type_name("KERNEL");
  verb.add_flag("--timing", options.timing, "Tell how long each stage took");
}

// ---- verbs ----

using Run = std::function<bool()>;

Run addCheck(CLI::App &verb) {
  auto options = std::make_shared<CheckFlags>();
  auto cost = std::make_shared<std::string>();
  addSourceFlags(verb, *options);
  addWeights(verb, options->weights, "The checkpoint whose settings `config` reads: a file or a folder");
  CLI::Option *costFlag =
      verb.add_option("--cost", *cost,
                      "Tell parameters, FLOPs and memory, as formulas, and for sizes that are given "
                      "as numbers: B=8,T=1024")
          ->expected(0, 1)
          ->type_name("SIZES");
  verb.add_flag("--json", options->json, "Tell the cost as JSON");
  verb.add_option("--precision", options->precision,
                  "The type of the elements that the model leaves open (default f32)")
      ->check(runtime::oneOf({"f32", "bf16"}))
      ->type_name("f32|bf16");
  verb.footer("Without --model, every model of the file is checked with its defaults, and what none of them uses\n"
              "by itself.\n\nExample\n  heed check gpt.heed --model 'GPT2(depth = 48)'");
  return [=] {
    if (costFlag->count() != 0)
      options->cost = *cost;
    return check(*options);
  };
}

std::string stagesText() {
  std::string text = "Stages\n";
  for (const EmitWords &words : emitWords)
    text += fmt::format("  {:<9} {}\n", words.flag, words.summary);
  return text;
}

std::optional<Emit> emitOf(const std::string &flag) {
  for (const EmitWords &words : emitWords)
    if (words.flag == flag)
      return words.stage;
  return std::nullopt;
}

Run addBuild(CLI::App &verb) {
  auto options = std::make_shared<BuildOptions>();
  auto stage = std::make_shared<std::string>();
  addSourceFlags(verb, *options);
  verb.add_option("-o,--output", options->output, "Where the result goes")->type_name("OUT");
  addWeights(verb, options->weights, "Weights to carry within the executable; `config` reads their settings");
  verb.add_option("--tokenizer", options->tokenizer,
                  "The vocabulary to carry within the executable. Default: that of the folder of weights")
      ->type_name("PATH");
  verb.add_flag("--shared", options->shared, "Make a shared library");
  verb.add_flag("--object", options->object, "Make an object file to link with");
  verb.add_flag("--header", options->header, "Write the object's C header beside it");
  verb.add_option("--name", options->name,
                  "The model's name in its exported function, heed_NAME (default: the model's, in lower case)")
      ->type_name("NAME");
  verb.add_option("--depfile", options->depfile,
                  "Write what OUT depends on as a rule of make: sources, weights, vocabulary")
      ->type_name("FILE");
  std::vector<std::string> stages;
  for (const EmitWords &words : emitWords)
    stages.push_back(words.flag);
  verb.add_option("--emit", *stage, "Stop at a stage and print it, or write it to OUT")
      ->check(runtime::oneOf(stages))
      ->type_name("STAGE");
  addMachineFlags(verb, *options);
  verb.footer(stagesText() + R"(
Flags of MLIR work too: --mlir-print-debuginfo (every op's place in the source), --mlir-print-ir-after-all,
--mlir-print-ir-after=PASS, --mlir-timing.

Examples
  heed build stories.heed --weights stories.bin --tokenizer tok.bin -o stories
  heed build stories.heed --object --header -o stories.o
  heed build stories.heed --emit=kernels)");
  return [=] {
    options->emit = emitOf(*stage);
    return build(*options);
  };
}

Run addRun(CLI::App &verb) {
  auto options = std::make_shared<RunOptions>();
  addSourceFlags(verb, options->source);
  runtime::addRunFlags(verb, options->run, "heed run model.heed");
  addMachineFlags(verb, options->source);
  verb.add_flag("--interpret", options->interpret, "Compute in f64 by the reference interpreter");
  verb.add_flag("--bisect", options->bisect,
                "Compare each kernel with its plain twin on the same operands, and name the first that differs");
  return [=] {
    options->source.weights = options->run.weights;
    return run(*options);
  };
}

Run addGenerate(CLI::App &verb) {
  auto options = std::make_shared<GenerateOptions>();
  addSourceFlags(verb, options->source);
  runtime::addGenerateFlags(verb, options->generate, "heed generate model.heed --weights model.bin");
  addMachineFlags(verb, options->source);
  return [=] {
    options->source.weights = options->generate.weights;
    return generate(*options);
  };
}

Run addTokenize(CLI::App &verb) {
  auto options = std::make_shared<runtime::TokenizeOptions>();
  runtime::addTokenizeFlags(verb, *options, "heed tokenize");
  return [=] { return told(runtime::tokenizeText(*options)); };
}

Run addDetokenize(CLI::App &verb) {
  auto options = std::make_shared<runtime::TokenizeOptions>();
  runtime::addDetokenizeFlags(verb, *options, "heed detokenize");
  return [=] { return told(runtime::detokenizeText(*options)); };
}

Run addLearn(CLI::App &verb) {
  auto options = std::make_shared<runtime::LearnVocabularyOptions>();
  runtime::addLearnFlags(verb, *options, "heed train-tokenizer");
  return [=] { return told(runtime::learnVocabularyFiles(*options)); };
}

Run addSave(CLI::App &verb) {
  auto options = std::make_shared<SaveOptions>();
  addSourceFlags(verb, options->source);
  runtime::addSaveFlags(verb, options->save, "heed save model.heed --weights model.bin");
  addMachineFlags(verb, options->source);
  return [=] {
    options->source.weights = options->save.weights;
    return save(*options);
  };
}

Run addExplain(CLI::App &verb) {
  auto code = std::make_shared<std::string>();
  verb.add_option("CODE", *code, "An error's code, such as E0301; without it, all codes are listed")->type_name("");
  verb.footer("Examples\n  heed explain E0301\n  heed explain | grep index");
  return [=] { return explain(*code); };
}

Run addFormat(CLI::App &verb) {
  auto options = std::make_shared<FormatOptions>();
  verb.add_option("FILES", options->files, "The .heed files to bring into the one style")->required()->type_name("");
  verb.add_flag("--check", options->check, "Change nothing; say which files are in another style, and fail if one is");
  verb.footer("Examples\n  heed format model.heed\n  heed format --check *.heed");
  return [=] { return format(*options); };
}

Run addNew(CLI::App &verb) {
  auto folder = std::make_shared<std::string>();
  verb.add_option("NAME", *folder, "The folder to make; its last part names the model")->required()->type_name("");
  verb.footer("Nothing is overwritten.\n\nExample\n  heed new my-model\n  cd my-model\n  ./test.sh");
  return [=] { return makeNew(*folder); };
}

struct Verb {
  std::string_view name;
  const char *summary;
  Run (*add)(CLI::App &);
};
constexpr Verb verbs[] = {
    {"new", "Make a folder with a model to begin from, a test and a README", addNew},
    {"check", "Say what is wrong with a model", addCheck},
    {"build", "Compile a model into an executable, a library or an object file", addBuild},
    {"run", "Compile in memory and run an entry on tensors from a file", addRun},
    {"generate", "Compile in memory and make text, printed as it is made", addGenerate},
    {"save", "Write a model's weights as a safetensors file, under their names in checkpoints", addSave},
    {"tokenize", "Turn text into ids", addTokenize},
    {"detokenize", "Turn ids into text", addDetokenize},
    {"train-tokenizer", "Make a vocabulary from texts", addLearn},
    {"explain", "Tell what an error means, with an example and its mend", addExplain},
    {"format", "Bring .heed files into the one style", addFormat},
};

/// "; did you mean `--weights`?", or nothing.
std::string suggestion(std::string_view given, const std::vector<std::string> &known) {
  std::string meant(nearest(given, known));
  return meant.empty() ? "" : fmt::format("; did you mean `{}`?", meant);
}

int runVerb(std::vector<std::string> arguments) {
  CLI::App app("Heed compiles attention models, written as in their papers, into native programs.", "heed");
  app.set_version_flag("--version", version, "Say which version this is");
  app.require_subcommand(1);
  app.formatter(std::make_shared<Help>()); // and of the verbs, which are added later
  app.footer(firstSteps);
  std::map<const CLI::App *, Run> runs;
  for (const Verb &verb : verbs) {
    CLI::App *added = app.add_subcommand(std::string(verb.name), verb.summary);
    runs[added] = verb.add(*added);
  }
  std::vector<std::string> known;
  for (const Verb &verb : verbs)
    known.emplace_back(verb.name);
  if (!arguments.empty() && !arguments[0].starts_with("-") && std::ranges::find(known, arguments[0]) == known.end())
    return fail("there is no verb `{}`{}\n  `heed --help` tells which there are", arguments[0],
                suggestion(arguments[0], known)),
           1;
  try {
    std::reverse(arguments.begin(), arguments.end()); // as CLI11 takes them
    app.parse(arguments);
  } catch (const CLI::CallForVersion &) {
    return told(runtime::putOut(std::string(version) + "\n")) ? 0 : 1;
  } catch (const CLI::Success &) { // --help
    return told(runtime::putOut(app.help())) ? 0 : 1;
  } catch (const CLI::ParseError &error) {
    if (app.get_subcommands().empty())
      return fail("a verb is missing\n  `heed --help` tells which there are"), 1;
    const CLI::App &verb = *app.get_subcommands()[0];
    std::string command = "heed " + verb.get_name();
    return fail("{}\n  `{} --help` tells more", runtime::whatIsWrong(error, verb, command), command), 1;
  }
  return runs.at(app.get_subcommands()[0])() ? 0 : 1;
}

} // namespace
} // namespace heed::tools

int main(int argc, char **argv) {
  heed::runtime::occupyStandardFiles();
  heed::runtime::handleSignals();
  try {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    return heed::tools::takeMlirFlags(arguments) ? heed::tools::runVerb(std::move(arguments)) : 1;
  } catch (const std::bad_alloc &) {
    std::fputs("error: there is not enough memory\n", stderr);
    return 1;
  }
}
