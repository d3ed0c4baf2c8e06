// Formulas of cost against the interpreter, which counts what it executes. Where data hides points a formula may be
// above; everywhere else both are equal, at sizes below, at and above the numbers in the masks.
#include "Run.h"

#include "compiler/derive/Cost.h"
#include "compiler/irgen/IrGen.h"
#include "compiler/pipelines/Pipelines.h"
#include "lang/check/Check.h"
#include "lang/check/Package.h"
#include "lang/check/Resolve.h"

#include "mlir/Pass/PassManager.h"

#include <random>

using namespace heed;
using namespace heed::test;

namespace {

/// At stage `heed`.
mlir::OwningOpRef<mlir::ModuleOp> programOf(mlir::MLIRContext &context, const std::string &file,
                                            const std::string &model) {
  Sources sources;
  Diagnostics diagnostics(sources);
  const std::string source = HEED_SOURCE;
  Package package = load(sources, source + "/" + file, source + "/stdlib", diagnostics);
  resolve(package, diagnostics);
  REQUIRE_MESSAGE(!diagnostics.any(), diagnostics.render(false));
  auto program = check(sources, package, {.model = model, .architecture = {}, .config = {}}, diagnostics);
  REQUIRE_MESSAGE(!diagnostics.any(), diagnostics.render(false));
  auto module = generate(*program, sources, context, {.precision = "f32"});
  mlir::PassManager passes(&context);
  buildStages(passes, Stage::Made, Stage::Heed);
  REQUIRE(mlir::succeeded(passes.run(*module)));
  return module;
}

struct Counter {
  std::map<std::string, int64_t> sizes;
  std::mt19937 random{1};

  int64_t value(const SizeExpr &size) const {
    auto found = size.evaluate([&](std::string_view name) { return std::optional(sizes.at(std::string(name))); });
    REQUIRE(found.has_value());
    return *found;
  }
  Array array(mlir::Type type) {
    auto tensor = llvm::cast<mlir::RankedTensorType>(type);
    Array a(llvm::isa<mlir::FloatType>(tensor.getElementType()), {});
    for (const SizeExpr &axis : axesOf(tensor))
      a.shape.push_back(value(axis));
    a.cells.resize(a.count());
    for (Cell &cell : a.cells)
      cell = a.isFloat ? Cell(double(random() % 1000) / 500 - 1) : Cell(int64_t(random() % 2));
    return a;
  }
  /// Operations that the interpreter executes.
  int64_t executed(EntryOp entry) {
    std::vector<Array> inputs;
    std::map<std::string, Array> parameters;
    for (unsigned n = 0; n != entry.getNumArguments(); ++n)
      if (entry.getArgAttr(n, "heed.input"))
        inputs.push_back(array(entry.getArgumentTypes()[n]));
      else
        parameters[entry.getArgAttrOfType<mlir::FlatSymbolRefAttr>(n, "heed.param").getValue().str()] =
            array(entry.getArgumentTypes()[n]);
    std::string error;
    int64_t operations = 0;
    auto results = interpret(entry, inputs, parameters, 0, error, &operations);
    REQUIRE_MESSAGE(mlir::succeeded(results), error);
    return operations;
  }
};

void compare(const std::string &file, const std::string &model, const std::vector<int64_t> &lengths) {
  mlir::MLIRContext context;
  auto module = programOf(context, file, model);
  for (auto entry : (*module->getOps<ModelOp>().begin()).getBody().getOps<EntryOp>()) {
    if (entry.getInitialise())
      continue;
    Cost cost(entry);
    SizeExpr all = 0;
    bool atMost = false;
    for (const Cost::Row &row : cost.rows)
      all = all + row.total(), atMost |= row.atMost;
    for (int64_t length : lengths) {
      Counter counter;
      for (auto name : entry.getSizes().getAsValueRange<mlir::StringAttr>())
        counter.sizes[name.str()] = name == "T" ? length : name == "B" ? 2 : length + 1;
      INFO(entry.getSymName().str(), " at T = ", length, ": ", all.str());
      int64_t executed = counter.executed(entry), formula = counter.value(all);
      if (atMost)
        CHECK(executed <= formula);
      else
        CHECK(executed == formula);
    }
  }
}

} // namespace

TEST_CASE("costs: formulas count what is executed") {
  compare("test/compiler/derive/inputs/costs.heed", "Costs", {1, 2, 3, 4, 7, 12});
}

TEST_CASE("costs: whole models") {
  compare("test/programs/gpt.heed", "GPT2(31, 16, 12, 3, 2)", {2, 9});
  compare("test/programs/mixtral.heed", "Decoder(31, 12, 24, 2, 4, 2, 4, cap = 2, final = 3, sliding = 4)", {1, 6});
  compare("test/programs/vit.heed", "ViT(width = 12, hidden = 24, depth = 2)", {1});
}

TEST_CASE("costs: masks count as data when they are") {
  mlir::MLIRContext context;
  auto module = programOf(context, "test/compiler/derive/inputs/costs.heed", "Costs");
  auto atMost = [&](llvm::StringRef name) {
    Cost cost((*module->getOps<ModelOp>().begin()).lookupSymbol<EntryOp>(name));
    return llvm::any_of(cost.rows, [](const Cost::Row &row) { return row.atMost; });
  };
  CHECK(!atMost("causal_mask"));
  CHECK(!atMost("sliding"));
  CHECK(!atMost("sinking"));
  CHECK(!atMost("near"));
  CHECK(!atMost("running"));
  CHECK(!atMost("either"));
  CHECK(!atMost("convolved"));
  CHECK(atMost("hidden"));
}
