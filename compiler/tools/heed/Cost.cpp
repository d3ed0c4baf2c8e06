// The flag's sizes, and the stages that cost is read from.
#include "compiler/tools/heed/Cost.h"

#include "compiler/dialect/HeedDialect.h"
#include "compiler/tools/heed/CostReport.h"
#include "compiler/tools/heed/Output.h"

#include "llvm/ADT/StringExtras.h"

#include <fmt/ranges.h>

#include <set>

namespace heed::tools {
namespace {

/// Sizes of all entries, as far as a person can give them.
std::set<std::string> sizesOf(mlir::ModuleOp module) {
  std::set<std::string> sizes;
  module.walk([&](EntryOp entry) {
    for (auto name : entry.getSizes().getAsValueRange<mlir::StringAttr>())
      sizes.insert(name.str());
  });
  return sizes;
}

/// "B=8,T=1024". Unknown and missing ones are told.
std::optional<GivenSizes> parse(llvm::StringRef text, const std::set<std::string> &known) {
  GivenSizes given;
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ',', -1, false);
  for (llvm::StringRef part : parts) {
    auto [name, value] = part.split('=');
    int64_t number;
    if (value.trim().getAsInteger(10, number) || number < 0)
      return fail("`--cost` takes sizes such as `B=8,T=1024`, and `{}` is none", part.str()), std::nullopt;
    if (!known.contains(name.trim().str()))
      return fail("no entry has a size `{}`; there is {}", name.trim().str(),
                  known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))),
             std::nullopt;
    if (!given.emplace(name.trim().str(), number).second)
      return fail("`--cost` gives `{}` twice", name.trim().str()), std::nullopt;
  }
  std::vector<std::string> missing;
  for (const std::string &name : known)
    if (!given.empty() && !given.contains(name))
      missing.push_back(name);
  if (!missing.empty())
    return fail("`--cost` gives no value for {}; give all sizes, or none for formulas alone", fmt::join(missing, ", ")),
           std::nullopt;
  return given;
}

} // namespace

bool tellCost(Compilation &compilation, mlir::ModuleOp module, const CheckFlags &flags) {
  std::optional<GivenSizes> sizes = parse(*flags.cost, sizesOf(module));
  if (!sizes)
    return false;
  Compilation::Module kernels(module.clone());
  if (!compilation.lower(*kernels, Stage::Heed, Stage::Kernels))
    return false;
  return put(flags.json ? costJson(module, *kernels, *sizes) : costTable(module, *kernels, *sizes), {});
}

} // namespace heed::tools
