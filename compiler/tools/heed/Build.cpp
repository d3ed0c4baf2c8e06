// `heed build FILE -o OUT`: an executable that carries its weights, a shared library, an object file, or any stage on
// the way.
#include "compiler/tools/heed/Compilation.h"
#include "compiler/tools/heed/Installation.h"
#include "compiler/tools/heed/Output.h"
#include "runtime/load/Weights.h"
#include "runtime/tokenizer/VocabularyFiles.h"

#include <algorithm>

namespace heed::tools {
namespace {

/// What no single flag is to blame for.
bool consistent(const BuildOptions &options) {
  bool program = !options.shared && !options.object && !options.emit;
  if (options.output.empty() && !options.emit)
    return fail("`heed build` needs `-o OUT`, or `--emit=STAGE`");
  if (options.shared && options.object)
    return fail("`--shared` and `--object` are two different results");
  if (options.emit && (options.shared || options.object))
    return fail("`--emit` stops before a result; `--shared` and `--object` say which one");
  if (options.header && !options.object)
    return fail("`--header` goes with `--object`");
  if (!options.depfile.empty() && options.output.empty())
    return fail("`--depfile` goes with `-o`");
  if (!options.tokenizer.empty() && !program)
    return fail("only an executable carries a vocabulary");
  auto fits = [](unsigned char c) { return c < 128 && (std::isalnum(c) || c == '_'); };
  if (!std::all_of(options.name.begin(), options.name.end(), fits))
    return fail("`{}` can't be part of a C function's name", options.name);
  return true;
}

/// "stories.o" → "stories.h"
std::string headerPath(const std::string &object) {
  size_t name = object.rfind('/') + 1, dot = object.rfind('.');
  return (dot == std::string::npos || dot < name ? object : object.substr(0, dot)) + ".h";
}

/// Writes the image of all parameters, as the model's kernels want them, into a file.
bool packWeights(Compilation &compilation, const Compilation::Objects &objects, const std::string &path) {
  std::optional<LoadedModel> model = compilation.loaded(objects);
  if (!model)
    return false;
  return compilation.timing.of("pack weights", [&] {
    runtime::Result<runtime::Weights> weights = runtime::Weights::fromCheckpoint(**model, *compilation.weights());
    runtime::Result<void> written = weights ? weights->write(path) : weights.error();
    return written ? true : fail("{}", written.error().text);
  });
}

/// Where the vocabulary is that an executable carries: named, or beside the weights; empty where there is none.
std::string vocabularyPath(const Compilation &compilation, const BuildOptions &options) {
  std::string weights = compilation.weightsPath();
  bool beside = options.tokenizer.empty() && runtime::VocabularyFiles::isIn(weights);
  return beside ? weights : options.tokenizer;
}

/// Whether the model has an embedding for each token; it may have more, as padded ones do.
bool fitsModel(const Compilation &compilation, const std::string &path, int64_t tokens) {
  if (!compilation.weights())
    return true;
  const runtime::Config &config = compilation.weights()->config();
  auto found = config.find("vocab_size");
  auto *rows = found == config.end() ? nullptr : std::get_if<int64_t>(&found->second.value);
  return !rows || tokens <= *rows || fail("{}: has {} tokens, and the model's `vocab_size` is {}", path, tokens, *rows);
}

/// The vocabulary, checked, as a section of the executable; nothing where there is none.
/// Adds the files that it was read from.
bool embedVocabulary(const Compilation &compilation, const BuildOptions &options, const std::string &section,
                     LinkOptions &how, std::vector<std::string> &readFrom) {
  std::string path = vocabularyPath(compilation, options);
  if (options.shared || path.empty())
    return true;
  runtime::Result<runtime::VocabularyFiles> files = runtime::VocabularyFiles::open(path);
  runtime::MadeTokenizer read = files ? files->read({}) : runtime::MadeTokenizer(files.error());
  if (!read && options.tokenizer.empty()) { // which nobody asked for
    fmt::print(stderr, "note: the executable carries no vocabulary: {}\n", read.error().text);
    return true;
  }
  if (!read)
    return fail("{}", read.error().text);
  if (!fitsModel(compilation, path, (*read)->size()))
    return false;
  readFrom.insert(readFrom.end(), files->paths().begin(), files->paths().end());
  how.embedded.push_back({runtime::Embedded::tokenizerSection, section});
  how.patterns = (*read)->libraries().patterns, how.unicode = (*read)->libraries().unicode;
  return put(files->join(), section);
}

/// The executable or the shared library.
bool linkProgram(Compilation &compilation, const Compilation::Objects &objects, const BuildOptions &options,
                 std::vector<std::string> &readFrom) {
  std::optional<Draft> draft = Draft::beside(options.output);
  if (!draft)
    return false;
  LinkOptions how{.output = draft->path("program"),
                  .folder = draft->folder(),
                  .libraries = runtimeFolder(),
                  .embedded = {},
                  .shared = options.shared};
  if (compilation.weights() && !options.shared) {
    if (!packWeights(compilation, objects, draft->path("weights")))
      return false;
    how.embedded.push_back({runtime::Embedded::weightsSection, draft->path("weights")});
  }
  if (!embedVocabulary(compilation, options, draft->path("vocabulary"), how, readFrom))
    return false;
  llvm::Error error = compilation.timing.of("link", [&] { return link(objects, how); });
  return error ? fail("{}", llvm::toString(std::move(error))) : draft->become("program");
}

/// A path as make and ninja read it.
std::string inRule(const std::string &path) {
  std::string text;
  for (char c : path) {
    if (c == '$')
      text += '$';
    else if (c == ' ' || c == '#')
      text += '\\';
    text += c;
  }
  return text;
}

/// `OUT: model.heed norm.heed weights.safetensors`: all that would give another result if it changed.
bool writeDepfile(const Compilation &compilation, const BuildOptions &options, std::vector<std::string> readFrom) {
  if (options.depfile.empty())
    return true;
  const Sources &sources = compilation.files();
  for (FileId file = 0; file != sources.size(); ++file)
    if (sources.name(file) != "--model")
      readFrom.push_back(sources.name(file));
  if (compilation.weights())
    for (const std::string &path : compilation.weights()->paths())
      readFrom.push_back(path);
  std::sort(readFrom.begin(), readFrom.end());
  readFrom.erase(std::unique(readFrom.begin(), readFrom.end()), readFrom.end());
  std::string rule = inRule(options.output) + ":";
  for (const std::string &path : readFrom)
    rule += " \\\n  " + inRule(path);
  return put(rule + "\n", options.depfile);
}

bool buildResult(Compilation &compilation, const BuildOptions &options, std::vector<std::string> &readFrom) {
  CodegenOptions how{.cpu = options.cpu, .name = options.name, .onlyModel = !options.object};
  how.instrumented &= !options.object && !options.shared; // others link these, perhaps without a sanitizer's library
  if (options.emit) {
    std::optional<std::string> stage = emitted(compilation, *options.emit, how);
    return stage && put(*stage, options.output);
  }
  Compilation::Module module = compilation.toStage(heed::Stage::Llvm);
  std::optional<Compilation::Objects> objects = module ? compilation.objects(*module, how) : std::nullopt;
  if (!objects)
    return false;
  if (!options.object)
    return linkProgram(compilation, *objects, options, readFrom);
  std::optional<std::string> object = compilation.merged(*objects);
  return object && put(*object, options.output) &&
         (!options.header || put(emitHeader(*module, how), headerPath(options.output)));
}

} // namespace

bool build(const BuildOptions &options) {
  if (!consistent(options))
    return false;
  Compilation compilation(options);
  std::vector<std::string> readFrom;
  return buildResult(compilation, options, readFrom) && writeDepfile(compilation, options, std::move(readFrom));
}

} // namespace heed::tools
