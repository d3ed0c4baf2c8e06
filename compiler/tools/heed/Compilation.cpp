#include "compiler/tools/heed/Compilation.h"

#include "compiler/derive/LookAhead.h"
#include "compiler/dialect/HeedDialect.h"
#include "compiler/irgen/IrGen.h"
#include "compiler/tools/heed/Faults.h"
#include "compiler/tools/heed/Installation.h"
#include "compiler/tools/heed/MlirReports.h"
#include "lang/check/Architectures.h"
#include "lang/check/Resolve.h"
#include "lang/format/Format.h"
#include "lang/parse/Parser.h"
#include "runtime/load/TemporaryFolder.h"

#include "mlir/Pass/PassManager.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ranges>
#include <set>
#include <unistd.h>

namespace heed::tools {

static mlir::DialectRegistry dialects() {
  mlir::DialectRegistry registry;
  registerCodegenDialects(registry);
  return registry;
}

Compilation::Compilation(const SourceOptions &options)
    : options(options), diagnostics(sources), context(dialects(), mlir::MLIRContext::Threading::DISABLED) {
  mlir::applyDefaultTimingManagerCLOptions(passTiming);
  passTimingRoot = passTiming.getRootScope();
}

Compilation::~Compilation() {
  if (options.timing)
    timing.tell();
}

/// The value, or none with the reason told.
template <typename T> static std::optional<T> taken(llvm::Expected<T> result) {
  if (result)
    return std::move(*result);
  fail("{}", llvm::toString(result.takeError()));
  return std::nullopt;
}

bool Compilation::clean() {
  if (!diagnostics.any())
    return true;
  bool colour = isatty(STDERR_FILENO) && !std::getenv("NO_COLOR");
  fmt::print(stderr, "{}", diagnostics.render(colour));
  diagnostics.clear();
  return false;
}

// ---- text → tokens → tree → package → checked program ----

std::string Compilation::stdlib() const { return options.stdlib.empty() ? stdlibFolder() : options.stdlib; }

std::string Compilation::weightsPath() const {
  return options.weights.empty() && std::filesystem::is_directory(options.file) ? options.file : options.weights;
}

std::optional<FileId> Compilation::text() {
  std::string path = options.file, why;
  if (std::filesystem::is_directory(path)) {
    std::optional<std::string> definition = definitionOf(path);
    if (!definition)
      return std::nullopt;
    path = *definition;
  }
  std::optional<FileId> file = sources.read(path, why);
  if (!file)
    fail("cannot read `{}`: {}", path, why);
  return file;
}

std::optional<std::string> Compilation::definitionOf(const std::string &folder) {
  if (!options.weights.empty()) {
    fail("`{}` stands for a model with its own weights; name the model's .heed file where --weights is another",
         folder);
    return std::nullopt;
  }
  if (!openCheckpoint())
    return std::nullopt;
  const std::string &wanted = checkpoint->architecture();
  if (wanted.empty()) {
    fail("{}/config.json: the key `architectures`, which says what model this is, is missing\n  name the model's .heed "
         "file, and `{}` with --weights",
         folder, folder);
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const Architecture &known : architecturesIn(stdlib())) {
    if (known.name == wanted)
      return known.file;
    names.push_back(known.name);
  }
  names = nearestFirst(std::string_view(wanted).substr(0, 100), std::move(names));
  fail("{}: no definition reads {}{}{}\n  one of your own, with `@checkpoint(\"{}\")`, does with --weights {}", folder,
       runtime::ticked(wanted), names.empty() ? "" : "; there are ", fmt::join(names, ", "), wanted, folder);
  return std::nullopt;
}

std::optional<std::vector<Token>> Compilation::tokens(FileId file) {
  std::vector<Token> result = lex(sources, file, diagnostics);
  return clean() ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<ast::File> Compilation::tree(FileId file) {
  ast::File result = parse(sources, file, diagnostics);
  return clean() ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<std::string> Compilation::formatted(FileId file) {
  std::optional<ast::File> parsed = tree(file);
  if (!parsed)
    return std::nullopt;
  std::string result = heed::format(*parsed, sources, diagnostics);
  return clean() ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<Package> Compilation::package(FileId file) {
  if (!std::filesystem::is_directory(stdlib())) {
    fail("the standard library is not in `{}`; --stdlib says where else", stdlib());
    return std::nullopt;
  }
  Package result = timing.of("parse", [&] { return load(sources, file, stdlib(), diagnostics); });
  timing.of("resolve", [&] { return resolve(result, diagnostics), true; });
  return clean() ? std::optional(std::move(result)) : std::nullopt;
}

bool Compilation::openCheckpoint() {
  std::string path = weightsPath();
  if (path.empty() || checkpoint)
    return true;
  runtime::Result<runtime::Checkpoint> opened = runtime::Checkpoint::open(path);
  if (!opened)
    return fail("{}", opened.error().text);
  checkpoint = std::move(*opened);
  return true;
}

namespace {

/// The same value, as the checker takes it.
ConfigValue settingOf(const runtime::ConfigValue &stored) {
  if (auto *list = std::get_if<runtime::ConfigValue::List>(&stored.value)) {
    ConfigValue::List items;
    std::ranges::transform(*list, std::back_inserter(items), settingOf);
    return {std::move(items)};
  }
  return std::visit(
      [](const auto &value) -> ConfigValue {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, runtime::ConfigValue::List>)
          return {};
        else
          return {value};
      },
      stored.value);
}

std::map<std::string, ConfigValue> settingsOf(const runtime::Config &config) {
  std::map<std::string, ConfigValue> settings;
  for (const auto &[key, stored] : config)
    settings.emplace(key, settingOf(stored));
  return settings;
}

} // namespace

std::unique_ptr<checked::Program> Compilation::program(const Package &package, const std::string &model) {
  CheckOptions check;
  check.model = model;
  check.given = options.given;
  if (checkpoint) {
    check.architecture = checkpoint->architecture();
    check.config = settingsOf(checkpoint->config());
    for (const runtime::StoredTensor &tensor : checkpoint->tensors())
      check.stored.insert(tensor.name);
  }
  auto result = timing.of("check", [&] { return heed::check(sources, package, check, diagnostics); });
  return clean() ? std::move(result) : nullptr;
}

bool Compilation::fits(const Package &package, const ast::Declaration &recipe) {
  CheckOptions options;
  options.recipe = &recipe;
  heed::check(sources, package, options, diagnostics);
  return clean();
}

bool Compilation::restFits(const Package &package) {
  timing.of("check the rest", [&] { return checkAlone(sources, package, diagnostics), true; });
  return clean();
}

bool Compilation::compilable(const checked::Program &program) {
  refuseNotYet(program, diagnostics);
  return clean();
}

// ---- checked program → heed → derived → kernels → loops → llvm ----

Compilation::Module Compilation::generated(const checked::Program &program) {
  return timing.of("make IR",
                   [&] { return heed::generate(program, sources, context, {.precision = options.precision}); });
}

PipelineOptions Compilation::pipeline() const {
  PipelineOptions pipeline{
      .backend = Backend::Cpu, .cpu = options.cpu, .plain = options.plain, .damaged = options.damaged};
  if (llvm::is_contained(options.plain, "all"))
    pipeline.backend = Backend::Plain;
  return pipeline;
}

/// Whether each of the names is a kernel's; if one is none, the nearest ones are told.
static bool areKernels(const std::vector<std::string> &names, mlir::ModuleOp module) {
  std::vector<std::string> known;
  module.walk([&](KernelOp kernel) { known.push_back(kernel.getName().str()); });
  for (const std::string &name : names) {
    if (name == "all" || llvm::is_contained(known, name))
      continue;
    known = nearestFirst(name, std::move(known));
    known.resize(std::min<size_t>(known.size(), 5));
    return fail("there is no kernel `{}`; near it are `{}`", name, fmt::join(known, "`, `"));
  }
  return true;
}

bool Compilation::lower(mlir::ModuleOp module, heed::Stage from, heed::Stage to) {
  return lower(module, from, to, pipeline());
}

bool Compilation::lower(mlir::ModuleOp module, heed::Stage from, heed::Stage to, const PipelineOptions &how) {
  static constexpr const char *names[] = {"", "to heed", "to derived", "to kernels", "to loops", "to llvm"};
  MlirReports reports(context, sources);
  for (int stage = int(from) + 1; stage <= int(to); ++stage) {
    if (heed::Stage(stage) == heed::Stage::Loops && !areKernels(how.plain, module))
      return false;
    if (heed::Stage(stage) == heed::Stage::Derived && !streams(module))
      return false;
    mlir::PassManager passes(&context);
    if (mlir::failed(mlir::applyPassManagerCLOptions(passes)))
      return false;
    mlir::TimingScope stageTiming = passTimingRoot.nest(names[stage]);
    passes.enableTiming(stageTiming);
    buildStages(passes, heed::Stage(stage - 1), heed::Stage(stage), how);
    Faults faults(passes, options.file);
    if (!timing.of(names[stage], [&] { return mlir::succeeded(passes.run(module)); }))
      return faults.tell(names[stage], reports.refused());
  }
  return true;
}

/// What a location says of the source: the line that was written, and, where that is in the standard library, the call
/// that led there.
static std::pair<Range, std::optional<Range>> rangesOf(const Sources &sources, mlir::Location place) {
  auto of = [&](mlir::Location part) {
    auto found = part->findInstanceOf<mlir::FileLineColRange>();
    for (FileId file = 0; found && file != sources.size(); ++file)
      if (sources.name(file) == found.getFilename().getValue()) {
        auto offset = [&](unsigned line, unsigned column) {
          return uint32_t(sources.line(file, line).data() - sources.text(file).data() + column - 1);
        };
        return Range{file, offset(found.getStartLine(), found.getStartColumn()),
                     offset(found.getEndLine(), found.getEndColumn())};
      }
    return Range();
  };
  auto call = place->findInstanceOf<mlir::CallSiteLoc>();
  return {of(place), call ? std::optional(of(call.getCaller())) : std::nullopt};
}

bool Compilation::streams(mlir::ModuleOp module) {
  auto found = timing.of("check streams", [&] {
    std::vector<LookAhead> all;
    for (auto model : module.getOps<ModelOp>())
      llvm::append_range(all, lookAheads(model));
    return all;
  });
  for (const LookAhead &ahead : found) {
    auto [inside, call] = rangesOf(sources, ahead.place);
    heed::Diagnostic &report = diagnostics.error(Kind::LookAhead, call.value_or(inside), "{}", ahead.message);
    report.labelled(call ? "" : ahead.label).helped(ahead.help);
    if (call)
      report.note(inside, ahead.label.empty() ? "inside the standard library, here"
                                              : "inside the standard library: " + ahead.label);
    for (const LookAhead::Note &note : ahead.path) {
      auto [place, caller] = rangesOf(sources, note.place);
      report.note(caller.value_or(place), note.text);
    }
  }
  return clean();
}

// ---- llvm → objects → one object, or a model in this process; llvm → assembly ---------------

std::optional<Compilation::Objects> Compilation::objects(mlir::ModuleOp module, const CodegenOptions &how) {
  return taken(timing.of("to object", [&] { return emitObjects(module, how); }));
}

std::optional<std::string> Compilation::merged(const Objects &objects) {
  std::error_code wrong;
  std::filesystem::path temporary = std::filesystem::temp_directory_path(wrong);
  if (wrong)
    return fail("TMPDIR names no folder for temporary files: {}", wrong.message()), std::nullopt;
  auto folder = runtime::TemporaryFolder::create(temporary / "heed");
  if (!folder)
    return fail("{}", folder.error().text), std::nullopt;
  return taken(timing.of("merge", [&] { return merge(objects, folder->name()); }));
}

std::optional<LoadedModel> Compilation::loaded(const Objects &objects) {
  return taken(timing.of("load", [&] { return LoadedModel::fromObjects(objects); }));
}

std::optional<std::string> Compilation::assembly(mlir::ModuleOp module, const CodegenOptions &how) {
  return taken(timing.of("to assembly", [&] { return emitText(module, CodeText::Assembly, how); }));
}

// ---- several arrows at once, from the text on ----------------------------------------------

std::unique_ptr<checked::Program> Compilation::toChecked() {
  std::optional<FileId> file = text();
  if (!file || !openCheckpoint())
    return nullptr;
  std::optional<Package> files = package(*file);
  return files ? program(*files, options.model) : nullptr;
}

Compilation::Module Compilation::toStage(heed::Stage stage) {
  std::unique_ptr<checked::Program> program = toChecked();
  if (!program || !compilable(*program))
    return nullptr;
  Module module = generated(*program);
  return module && lower(*module, heed::Stage::Made, stage) ? std::move(module) : nullptr;
}

} // namespace heed::tools
