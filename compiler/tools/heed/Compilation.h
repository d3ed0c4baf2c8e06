// The straight line from text to machine code: each arrow is one function, which takes the previous structure and gives
// the next. Where one can't, it has told why on standard error and gives nothing.
#pragma once

#include "compiler/codegen/Codegen.h"
#include "compiler/pipelines/Pipelines.h"
#include "compiler/tools/heed/Timing.h"
#include "compiler/tools/heed/Verbs.h"
#include "lang/check/Check.h"
#include "lang/check/Package.h"
#include "lang/lex/Lexer.h"
#include "runtime/load/Checkpoint.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/Timing.h"

namespace heed::tools {

class Compilation {
public:
  explicit Compilation(const SourceOptions &);
  ~Compilation();

  // ---- text → tokens → tree → package → checked program ----
  /// The model's file; where a checkpoint folder stands for it, the definition that reads its architecture.
  std::optional<FileId> text();
  std::optional<std::vector<Token>> tokens(FileId);
  std::optional<ast::File> tree(FileId);
  std::optional<std::string> formatted(FileId);
  std::optional<Package> package(FileId);
  /// Settings of the checkpoint whose weights are used, for `config`.
  bool openCheckpoint();
  /// `model` as in CheckOptions.
  std::unique_ptr<checked::Program> program(const Package &, const std::string &model);
  /// Whether a recipe fits the model that it trains.
  bool fits(const Package &, const ast::Declaration &recipe);
  /// Whether what no model and no recipe uses is right as far as that shows.
  bool restFits(const Package &);

  /// Whether the stages behind take all that is in the program.
  bool compilable(const checked::Program &);

  // ---- checked program → heed → derived → kernels → loops → llvm ----
  using Module = mlir::OwningOpRef<mlir::ModuleOp>;
  Module generated(const checked::Program &);
  /// With the kernels plain that `--plain` names.
  PipelineOptions pipeline() const;
  bool lower(mlir::ModuleOp, heed::Stage from, heed::Stage to);
  bool lower(mlir::ModuleOp, heed::Stage from, heed::Stage to, const PipelineOptions &);
  /// At stage `heed`: whether no entry looks ahead in its stream.
  bool streams(mlir::ModuleOp);

  // ---- llvm → objects → one object, or a model in this process; llvm → assembly ----
  using Objects = std::vector<std::string>;
  std::optional<Objects> objects(mlir::ModuleOp, const CodegenOptions &);
  std::optional<std::string> merged(const Objects &);
  std::optional<LoadedModel> loaded(const Objects &);
  std::optional<std::string> assembly(mlir::ModuleOp, const CodegenOptions &);

  // ---- several arrows at once, from the text on ----
  std::unique_ptr<checked::Program> toChecked();
  Module toStage(heed::Stage);

  const Sources &files() const { return sources; }
  const runtime::Checkpoint *weights() const { return checkpoint ? &*checkpoint : nullptr; }
  /// What `--weights` names, or the checkpoint folder that stands for a model; may be empty.
  std::string weightsPath() const;
  Timing timing;

private:
  /// Tells the reports of a stage, if there are any; false then.
  bool clean();
  std::string stdlib() const;
  /// The .heed file that reads the checkpoint folder.
  std::optional<std::string> definitionOf(const std::string &folder);
  /// What the options ask of the pipeline.

  const SourceOptions &options;
  Sources sources;
  Diagnostics diagnostics;
  std::optional<runtime::Checkpoint> checkpoint;
  mlir::MLIRContext context;
  mlir::DefaultTimingManager passTiming; // for --mlir-timing: one report over all stages, when this ends
  mlir::TimingScope passTimingRoot;
};

} // namespace heed::tools
