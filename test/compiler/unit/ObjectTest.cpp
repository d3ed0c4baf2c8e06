// Machine code in parts: how a module is cut, and that threads leave no trace in the bytes.
#include "RunPlain.h"

#include "compiler/codegen/Codegen.h"
#include "compiler/codegen/Parts.h"
#include "compiler/pipelines/Pipelines.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/SourceMgr.h"

#include <algorithm>

using namespace heed;
using namespace heed::test;

namespace {

/// `count` instructions that compute with %x.
std::string work(unsigned count) {
  std::string text = "  %v0 = add i64 %x, 1\n";
  for (unsigned i = 1; i != count; ++i)
    text += "  %v" + std::to_string(i) + " = xor i64 %v" + std::to_string(i - 1) + ", " + std::to_string(i) + "\n";
  return text + "  ret i64 %v" + std::to_string(count - 1) + "\n";
}

/// Two plain kernels and a fast one, of which two call a large function and all a small one.
std::string model() {
  std::string text = R"(
@table = internal constant [2 x i64] [i64 3, i64 4]
define internal i64 @tile(i64 %x) { )" +
                     work(700) + R"( }
define internal i64 @small(i64 %x) { )" +
                     work(3) + R"( }
define internal i64 @own(i64 %x) { )" +
                     work(600) + "}\n";
  auto kernel = [&](const std::string &name, const std::string &calls, const std::string &attribute) {
    text += "define internal void @" + name + ".range(i64 %x) " + attribute + " {\n" + calls + "  ret void\n}\n";
  };
  kernel("a", "  call i64 @tile(i64 %x)\n  call i64 @own(i64 %x)\n", "");
  kernel("b", "  call i64 @small(i64 %x)\n", "");
  kernel("c", "  call i64 @tile(i64 %x)\n  call i64 @small(i64 %x)\n  %t = load i64, ptr @table\n", "\"heed.fast\"");
  return text + R"(
declare void @launch(ptr)
define internal void @run() {
  %t = load i64, ptr @table
  call void @launch(ptr @a.range)
  call void @launch(ptr @b.range)
  call void @launch(ptr @c.range)
  call i64 @small(i64 %t)
  ret void
}
define internal void @dead() { ret void }
@description = private constant ptr @run
define ptr @heed_model() { ret ptr @description }
)";
}

std::unique_ptr<llvm::Module> parseLlvm(llvm::LLVMContext &context) {
  llvm::SMDiagnostic error;
  auto module = llvm::parseAssemblyString(model(), error, context);
  REQUIRE_MESSAGE(bool(module), error.getMessage().str());
  return module;
}

/// A chain of sums over all rows, which no kernel joins; each with a constant of its own, so that no two are equal.
EntryText manyKernels() {
  EntryText entry{"\"T\"", {"x0: f32[T, 4]", "w: f32[4, 4]"}, "f32[T, 4]", ""};
  constexpr int count = 24;
  for (int i = 0; i != count; ++i) {
    std::string from = "%x" + std::to_string(i), to = "%x" + std::to_string(i + 1);
    entry.body += to + " = heed.index sum [t < T, o < 4 | s < T] (" + from + "[s, o], %w[o, o]) {\n" +
                  "^bb0(%0: f32, %1: f32):\n  %c = arith.constant " + std::to_string(i + 1) + ".0 : f32\n" +
                  "  %2 = arith.mulf %0, %1 : f32\n  %3 = arith.addf %2, %c : f32\n  heed.yield %3 : f32\n" +
                  "} : (f32[T, 4], f32[4, 4]) -> f32[T, 4]\n";
  }
  entry.body += "heed.return %x" + std::to_string(count) + " : f32[T, 4]";
  return entry;
}

bool defines(const Part &part, std::string_view name) {
  return std::find(part.names.begin(), part.names.end(), name) != part.names.end();
}

} // namespace

TEST_CASE("parts: what kernels share is copied where small, else a part that others see") {
  llvm::LLVMContext context;
  auto module = parseLlvm(context);
  std::vector<Part> parts = cutIntoParts(*module);
  auto partsWith = [&](std::string_view name) {
    return std::count_if(parts.begin(), parts.end(), [&](const Part &part) { return defines(part, name); });
  };
  auto partWith = [&](std::string_view name) -> const Part & {
    return *std::find_if(parts.begin(), parts.end(), [&](const Part &part) { return defines(part, name); });
  };
  for (const char *once : {"tile", "own", "a.range", "b.range", "c.range", "run", "table", "description", "heed_model"})
    CHECK_MESSAGE(partsWith(once) == 1, once);
  CHECK(defines(parts[0], "heed_model"));
  CHECK(defines(parts[0], "run"));
  CHECK(&partWith("own") == &partWith("a.range"));
  CHECK(&partWith("tile") != &partWith("a.range"));
  CHECK(partsWith("small") == 3);
  CHECK(partsWith("dead") == 0);
  CHECK(partWith("c.range").fast);
  CHECK(!partWith("a.range").fast);
  CHECK(!partWith("tile").fast);

  for (const char *hidden : {"tile", "a.range", "table"}) {
    CHECK_MESSAGE(module->getNamedValue(hidden)->hasHiddenVisibility(), hidden);
    CHECK_MESSAGE(module->getNamedValue(hidden)->hasExternalLinkage(), hidden);
  }
  for (const char *internal : {"small", "own", "run"})
    CHECK_MESSAGE(module->getNamedValue(internal)->hasInternalLinkage(), internal);
  CHECK(module->getNamedValue("heed_model")->hasDefaultVisibility());
}

TEST_CASE("parts: each is a module of its own that declares the rest") {
  llvm::LLVMContext context;
  size_t count = cutIntoParts(*parseLlvm(context)).size();
  REQUIRE(count > 3);
  for (size_t number = 0; number != count; ++number) {
    auto module = parseLlvm(context);
    Part part = cutIntoParts(*module)[number];
    llvm::Error error = reduceTo(part, *module);
    CHECK(!error);
    CHECK(!llvm::verifyModule(*module, &llvm::errs()));
    for (llvm::GlobalObject &object : module->global_objects())
      CHECK_MESSAGE(object.isDeclaration() != defines(part, std::string_view(object.getName())),
                    object.getName().str());
  }
}

TEST_CASE("objects: the same bytes whatever the number of threads") {
  auto objects = [](unsigned threads) {
    auto module = parse(compilerContext(), manyKernels());
    return compile(*module, {}, threads);
  };
  std::vector<std::string> one = objects(1);
  CHECK(one.size() > 2);
  CHECK(objects(2) == one);
  CHECK(objects(3) == one);
}

TEST_CASE("objects: functions that are vector code keep their mark down to LLVM") {
  auto module = parse(compilerContext(), manyKernels());
  auto lower = [&](Stage from, Stage to) {
    mlir::PassManager pm(module->getContext());
    buildStages(pm, from, to, {.backend = Backend::Plain});
    REQUIRE(mlir::succeeded(pm.run(*module)));
  };
  lower(Stage::Made, Stage::Loops);
  auto text = [&] {
    auto made = emitText(*module, CodeText::Llvm, {});
    return made ? *made : "error: " + llvm::toString(made.takeError());
  };
  mlir::OwningOpRef<mlir::ModuleOp> plain(module->clone());
  module->walk(
      [](mlir::func::FuncOp function) { function->setAttr(fastName, mlir::UnitAttr::get(function->getContext())); });
  lower(Stage::Loops, Stage::Llvm);
  CHECK(text().find("prefer-vector-width") != std::string::npos);
  std::swap(module, plain);
  lower(Stage::Loops, Stage::Llvm);
  CHECK(text().find("prefer-vector-width") == std::string::npos);
}
