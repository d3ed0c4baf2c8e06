// Kernels of many ops mean what the ops meant: random programs of what the patterns of forming look for (and of what
// lies beside it), interpreted before = after; and some of them as machine code.
#include "RunPlain.h"

#include "compiler/kernels/ContractMatch.h"
#include "compiler/pipelines/Pipelines.h"

#include "mlir/Pass/PassManager.h"

#include <random>

using namespace heed;
using namespace heed::test;

namespace {

/// An entry of some twenty ops on values of the axes [T, 4], [T] and [T, 2, 2], each read by any later op.
class RandomEntry {
public:
  explicit RandomEntry(unsigned seed) : random(seed) {
    wide = {"x", "z"};
    for (int op = 0; op < 20; ++op)
      add();
    text = {"\"T\"", {"x: f32[T, 4]", "z: f32[T, 4]", "w: f32[4, 4]", "n: i32[T]"}, "f32[T, 4]", ""};
    text.body = body + "      heed.return %" + wide.back() + " : f32[T, 4]";
  }
  EntryText text;

private:
  void add() {
    switch (below(10)) {
    case 0:
      return rowSum();
    case 1:
      return contraction();
    case 2:
      return shifted();
    case 3:
      return heads();
    case 4:
      return gather();
    case 5:
      return masked();
    default:
      return pointwise();
    }
  }

  /// y[t, i] = f(a, b, s)
  void pointwise() {
    std::string a = any(wide), b = any(wide), s = rows.empty() ? "" : any(rows);
    std::string read = "%" + a + "[t, i], %" + b + "[t, " + (below(4) ? "i" : "3 - i") + "]";
    std::string type = "f32[T, 4]" + std::string(a == b ? "" : ", f32[T, 4]");
    define("none pointwise [t < T, i < 4]", s.empty() ? read : read + ", %" + s + "[t]", s.empty() ? 2 : 3,
           s.empty() ? type : type + ", f32[T]", "f32[T, 4]", wide);
  }
  void rowSum() {
    define(below(2) ? "sum row [t < T | i < 4]" : "max row [t < T | i < 4]", "%" + any(wide) + "[t, i]", 1, "f32[T, 4]",
           "f32[T]", rows);
  }
  void contraction() {
    define("sum contraction [t < T, o < 4 | i < 4]", "%" + any(wide) + "[t, i], %w[i, o]", 0, "f32[T, 4], f32[4, 4]",
           "f32[T, 4]", wide);
  }
  void shifted() {
    define("none pointwise [t < T, i < 4]", "%" + any(wide) + "[t - 1, i] if (t >= 1)", 1, "f32[T, 4]", "f32[T, 4]",
           wide);
  }
  void gather() {
    body += "      %p" + std::to_string(count) + " = heed.index none pointwise [t < T, i < 4] (%n[t], %" + any(wide) +
            "[data$0, i]) {\n      ^bb0(%0: i64, %1: f32):\n        heed.yield %1 : f32\n" +
            "      } : (i32[T], f32[T, 4]) -> f32[T, 4]\n";
    wide.push_back("p" + std::to_string(count++));
  }
  void masked() {
    define("none pointwise [t < T, i < 4] where (t >= i)", "%" + any(wide) + "[t, i]", 1, "f32[T, 4]", "f32[T, 4]",
           wide);
  }
  /// As many elements by other indices, and back.
  void heads() {
    define("none pointwise [t < T, h < 2, e < 2]", "%" + any(wide) + "[t, 2 * h + e]", 1, "f32[T, 4]", "f32[T, 2, 2]",
           split);
    define("none pointwise [t < T, i < 4]", "%" + any(split) + "[t, i floordiv 2, i mod 2]", 1, "f32[T, 2, 2]",
           "f32[T, 4]", wide);
  }

  /// `arguments` of f32, 0: the product of two.
  void define(const std::string &head, const std::string &reads, int arguments, const std::string &types,
              const std::string &type, std::vector<std::string> &pool) {
    std::string name = "v" + std::to_string(count++), list, code, last = "%0";
    bool product = arguments == 0;
    arguments = product ? 2 : arguments;
    for (int k = 0; k < arguments; ++k)
      list += (k ? ", %" : "%") + std::to_string(k) + ": f32";
    if (product) {
      code = "        %2 = arith.mulf %0, %1 : f32\n";
      last = "%2";
    }
    for (int k = 1; k < arguments && !product; ++k) {
      std::string next = "%a" + std::to_string(k);
      code += "        " + next + " = arith." + (below(2) ? "addf " : "subf ") + last + ", %" + std::to_string(k) +
              " : f32\n";
      last = next;
    }
    if (!product && below(2)) {
      code += "        %f = math.tanh " + last + " : f32\n";
      last = "%f";
    }
    body += "      %" + name + " = heed.index " + head + " (" + reads + ") {\n      ^bb0(" + list + "):\n" + code +
            "        heed.yield " + last + " : f32\n      } : (" + types + ") -> " + type + "\n";
    pool.push_back(name);
  }

  /// Mostly a value that was made just now, so that chains come up.
  const std::string &any(const std::vector<std::string> &pool) {
    return below(3) ? pool.back() : pool[below(unsigned(pool.size()))];
  }
  unsigned below(unsigned n) { return unsigned(random() % n); }

  std::mt19937 random;
  std::string body;
  int count = 0;
  std::vector<std::string> wide, rows, split;
};

std::vector<Array> someInputs() {
  Array positions(false, {5});
  for (int t = 0; t < 5; ++t)
    positions.cells[t] = Cell(int64_t(3 * t % 5));
  return {someFloats({5, 4}), someFloats({5, 4}, 1), someFloats({4, 4}, 2), positions};
}

unsigned count(mlir::ModuleOp module, bool kernels) {
  unsigned n = 0;
  module.walk([&](mlir::Operation *op) { n += kernels ? mlir::isa<KernelOp>(op) : mlir::isa<IndexOp>(op); });
  return n;
}

} // namespace

TEST_CASE("kernels of random programs compute the same") {
  unsigned ops = 0, kernels = 0;
  for (unsigned seed = 0; seed != 300; ++seed) {
    RandomEntry entry(seed);
    INFO("seed ", seed, "\n", entry.text.body);
    auto module = parse(compilerContext(), entry.text);
    std::vector<double> before = run(*module, "f", someInputs()).reals();
    mlir::PassManager passes(&compilerContext());
    buildStages(passes, Stage::Made, Stage::Derived);
    REQUIRE(mlir::succeeded(passes.run(*module)));
    ops += count(*module, false);
    mlir::PassManager forming(&compilerContext());
    buildStages(forming, Stage::Derived, Stage::Kernels);
    REQUIRE(mlir::succeeded(forming.run(*module)));
    kernels += count(*module, true);
    module->walk([&](KernelOp kernel) {
      std::string why;
      CHECK_MESSAGE(bool(matchContract(kernel, why)) == (kernel.getKind() == KernelKind::contract), why);
    });
    checkClose(run(*module, "f", someInputs()).reals(), before);
  }
  CHECK(2 * kernels < ops);
}

TEST_CASE("machine code of merged kernels computes the same") {
  for (unsigned seed = 0; seed != 25; ++seed) {
    RandomEntry entry(seed);
    INFO("seed ", seed, "\n", entry.text.body);
    checkPlain(entry.text, someInputs());
  }
}

TEST_CASE("what one op of a kernel hands to the next is not rounded, results are") {
  // 1 + 1/512 has no bf16. The kernel of %a and %s stores the one as 1, and sums what it was before; %d is of other
  // rows.
  EntryText entry{"\"T\"", {"x: bf16[T, 4]"}, "f32[T]", R"(
      %a = heed.index none pointwise [t < T, i < 4] (%x[t, i]) {
      ^bb0(%0: f32):
        %c = arith.constant 0.001953125 : f32
        %1 = arith.addf %0, %c : f32
        heed.yield %1 : f32
      } : (bf16[T, 4]) -> bf16[T, 4]
      %s = heed.index sum row [t < T | i < 4] (%a[t, i]) {
      ^bb0(%0: f32):
        heed.yield %0 : f32
      } : (bf16[T, 4]) -> f32[T]
      %d = heed.index none pointwise [t < T] (%s[t], %a[0, 0]) {
      ^bb0(%0: f32, %1: f32):
        %2 = arith.addf %0, %1 : f32
        heed.yield %2 : f32
      } : (f32[T], bf16[T, 4]) -> f32[T]
      heed.return %d : f32[T])"};
  Array ones(true, {3, 4});
  for (Cell &cell : ones.cells)
    cell = Cell(1.0);
  CHECK(runPlain(entry, {ones}).reals() == std::vector<double>(3, 1 + 4 * (1 + 1.0 / 512)));
}
