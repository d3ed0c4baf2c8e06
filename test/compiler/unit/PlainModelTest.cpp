// Whole models on the plain backend: layers of several kinds with stacked parameters, and what a model says of itself.
#include "RunPlain.h"

#include "compiler/codegen/Codegen.h"

#include "mlir/Parser/Parser.h"

using namespace heed;
using namespace heed::test;

namespace {

/// Turns of kind 0 add their row of `a`, turns of kind 1 multiply by their row of `b`.
constexpr const char *layers = R"MODEL(
!x = tensor<?x2xf32, #heed.axes<T, 2>>
!a = tensor<3x2xf32, #heed.axes<3, 2>>
!b = tensor<2x2xf32, #heed.axes<2, 2>>
!row = tensor<2xf32, #heed.axes<2>>
heed.model @Layers digest "d1" precision "f32" ignored ["*.bias"] {
  heed.param @"h.*.a" stacked : !a parts [
    #heed.part<"h.0.a", layer = 0, begin = 0, extent = 2>,
    #heed.part<"h.1.a", layer = 1, begin = 0, extent = 2, copies = ["tied"]>,
    #heed.part<"h.4.a", layer = 2, begin = 0, extent = 2>]
  heed.param @"h.*.b" stacked : !b
  heed.entry @forward(%x: !x {heed.input = "x"}, %a: !a {heed.param = @"h.*.a"}, %b: !b {heed.param = @"h.*.b"})
      -> (!x {heed.result = "y"}) attributes {sizes = ["T"], stream = "T"} {
    %y = heed.repeat schedule [0, 0, 1, 1, 0] carries(%x : !x) stacks(%a of 0 : !a, %b of 1 : !b) {
    ^bb0(%turn: i64, %c: !x, %row: !row):
      %n = heed.index none [t < T, i < 2] (%c[t, i], %row[i]) {
      ^bb0(%0: f32, %1: f32):
        %2 = arith.addf %0, %1 : f32
        heed.yield %2 : f32
      } : (!x, !row) -> !x
      heed.yield %n : !x
    }, {
    ^bb0(%turn: i64, %c: !x, %row: !row):
      %m = heed.index none [t < T, i < 2] (%c[t, i], %row[i]) {
      ^bb0(%0: f32, %1: f32):
        %2 = arith.mulf %0, %1 : f32
        heed.yield %2 : f32
      } : (!x, !row) -> !x
      heed.yield %m : !x
    } : !x
    heed.return %y : !x
  }
}
)MODEL";

} // namespace

TEST_CASE("plain: layers of two kinds, each with its own stack") {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(layers, &compilerContext());
  REQUIRE(bool(module));
  Array x = someFloats({5, 2}), a = someFloats({3, 2}, 1), b = someFloats({2, 2}, 2);
  Outcome found = runPlain(*module, "forward", {x}, {a, b});
  Outcome expected = run(*module, "forward", {x}, {{"h.*.a", a}, {"h.*.b", b}});
  checkClose(found.reals(), expected.reals(), 1e-6);
}

TEST_CASE("plain: a model describes itself") {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(layers, &compilerContext());
  REQUIRE(bool(module));
  auto loaded = LoadedModel::fromObjects(compile(*module));
  if (!loaded)
    REQUIRE_MESSAGE(false, llvm::toString(loaded.takeError()));
  const heed_model &model = **loaded;
  CHECK(model.abi_version == HEED_ABI_VERSION);
  CHECK(std::string(model.name) == "Layers");
  CHECK(std::string(model.digest) == "d1");
  CHECK(std::string(model.ignored[0]) == "*.bias");
  CHECK(std::string(model.features).find("sse2") != std::string::npos);

  REQUIRE(model.parameter_count == 2);
  const heed_parameter &a = model.parameters[0];
  CHECK(std::string(a.path) == "h.*.a");
  CHECK(a.stacked == 1);
  CHECK(a.shape[0] == 3);
  REQUIRE(a.part_count == 3);
  CHECK(std::string(a.parts[1].stored) == "h.1.a");
  CHECK(a.parts[2].layer == 2);
  CHECK(std::string(a.parts[1].copies[0]) == "tied");
  CHECK(a.parts[1].copies[1] == nullptr);
  CHECK(model.parameters[1].offset == 64);
  CHECK(model.weights_bytes == 128);

  REQUIRE(model.entry_count == 1);
  const heed_entry &entry = model.entries[0];
  CHECK(entry.stream == 0);
  const heed_axis &axis = entry.inputs[0].axes[0];
  CHECK(std::string(axis.text) == "T");
  CHECK(axis.binds == 0);
  int64_t T = 9;
  CHECK(axis.value(&T) == 9);
  CHECK(entry.inputs[0].axes[1].binds == -1);
  CHECK(entry.inputs[0].axes[1].value(&T) == 2);
  CHECK(entry.arena_bytes(&T) > 0);
  CHECK(model.initialise == nullptr);
}
