// Parses, verifies, runs.
#include "Run.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringExtras.h"

#include <regex>

namespace heed::test {

std::vector<double> Outcome::reals(size_t result) const {
  REQUIRE_MESSAGE(error.empty(), error);
  std::vector<double> all;
  for (size_t i = 0; i != results[result].cells.size(); ++i)
    all.push_back(results[result].real(i));
  return all;
}

Outcome run(mlir::ModuleOp module, llvm::StringRef name, llvm::ArrayRef<Array> inputs,
            const std::map<std::string, Array> &parameters, uint64_t seed) {
  Outcome outcome;
  EntryOp entry;
  module.walk([&](EntryOp each) {
    if (each.getSymName() == name)
      entry = each;
  });
  REQUIRE(entry);
  if (auto results = interpret(entry, inputs, parameters, seed, outcome.error); mlir::succeeded(results))
    outcome.results = *results;
  return outcome;
}

/// `f32[B, 4]` as `tensor<?x4xf32, #heed.axes<B, 4>>`.
static std::string withTensorTypes(const std::string &text) {
  static const std::regex type(R"(\b(f64|f32|bf16|i64|i32|ui8|i1)\[([^\]]*)\])");
  std::string out;
  auto at = text.begin();
  for (std::sregex_iterator match(text.begin(), text.end(), type), end; match != end; ++match) {
    out.append(at, text.begin() + match->position());
    at = text.begin() + match->position() + match->length();
    llvm::SmallVector<llvm::StringRef> axes;
    std::string list = (*match)[2].str(), shape;
    llvm::StringRef(list).split(axes, ',', -1, false);
    for (llvm::StringRef axis : axes)
      shape += (llvm::all_of(axis.trim(), llvm::isDigit) ? axis.trim().str() : "?") + "x";
    out += "tensor<" + shape + (*match)[1].str() + ", #heed.axes<" + list + ">>";
  }
  return out.append(at, text.end());
}

mlir::OwningOpRef<mlir::ModuleOp> parse(mlir::MLIRContext &context, const EntryText &entry) {
  context.loadDialect<HeedDialect, mlir::arith::ArithDialect, mlir::math::MathDialect>();
  std::string inputs;
  for (const std::string &input : entry.inputs)
    inputs += (inputs.empty() ? "%" : ", %") + input + " {heed.input = \"" + input.substr(0, input.find(':')) + "\"}";
  std::string text = "heed.model @m digest \"\" precision \"f32\" {\n  heed.entry @f(" + inputs + ") -> (" +
                     entry.result + " {heed.result = \"y\"}) attributes {sizes = [" + entry.sizes + "]} {\n" +
                     entry.body + "\n  }\n}";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(withTensorTypes(text), &context);
  REQUIRE_MESSAGE(bool(module), withTensorTypes(text));
  return module;
}

Outcome run(const EntryText &entry, llvm::ArrayRef<Array> inputs, uint64_t seed) {
  mlir::MLIRContext context;
  auto module = parse(context, entry);
  return run(*module, "f", inputs, {}, seed);
}

void checkClose(const std::vector<double> &found, const std::vector<double> &expected, double tolerance) {
  REQUIRE(found.size() == expected.size());
  for (size_t i = 0; i != found.size(); ++i) {
    INFO("element ", i);
    if (found[i] != expected[i]) // infinities
      CHECK(found[i] == doctest::Approx(expected[i]).epsilon(tolerance));
  }
}

} // namespace heed::test
