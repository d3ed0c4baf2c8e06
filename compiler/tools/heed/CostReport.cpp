// Numbers are exact; formulas are those that the numbers come from.
#include "compiler/tools/heed/CostReport.h"

#include "compiler/derive/Cost.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

#include <fmt/format.h>

namespace heed::tools {
namespace {

// ---- what is reported -----------------------------------------------------------------------------------------------

struct ParameterRow {
  std::string block;
  int64_t turns, count, bytes; // of all turns
};

struct Formula {
  SizeExpr formula;
  bool atMost = false;
};

struct EntryReport {
  std::string name;
  std::vector<Cost::Row> rows;
  Formula all, products;
  std::vector<std::pair<const char *, SizeExpr>> memory; // bytes
  std::vector<std::string> slow;                         // what has no fast form
};

struct Report {
  std::string model, precision;
  std::vector<ParameterRow> parameters;
  ParameterRow all{"", 1, 0, 0};
  std::vector<EntryReport> entries;
};

SizeExpr bytesOf(mlir::Type type) {
  auto tensor = mlir::cast<mlir::RankedTensorType>(type);
  SizeExpr bytes = std::max<int64_t>(1, tensor.getElementTypeBitWidth() / 8);
  for (const SizeExpr &axis : axesOf(tensor))
    bytes = bytes * axis;
  return bytes;
}

/// "h.*.attn.qkv.weight" belongs to "h.*.attn.qkv".
std::string blockOf(llvm::StringRef path) { return path.contains('.') ? path.rsplit('.').first.str() : ""; }

std::vector<ParameterRow> parametersOf(ModelOp model) {
  std::vector<ParameterRow> rows;
  for (auto param : model.getBody().getOps<ParamOp>()) {
    auto type = mlir::cast<mlir::RankedTensorType>(param.getType());
    int64_t turns = param.getStacked() ? type.getDimSize(0) : 1, count = type.getNumElements();
    std::string block = blockOf(param.getSymName());
    auto same = [&](const ParameterRow &row) { return row.block == block && row.turns == turns; };
    auto row = llvm::find_if(rows, same);
    if (row == rows.end())
      row = rows.insert(rows.end(), {block, turns, 0, 0});
    row->count += count, row->bytes += *bytesOf(type).constant();
  }
  return rows;
}

std::string placeOf(mlir::Operation *op) {
  auto place = op->getLoc()->findInstanceOf<mlir::FileLineColRange>();
  return place ? fmt::format("{}:{}", place.getFilename().str(), place.getStartLine()) : "a place of its own making";
}

EntryReport reportOf(EntryOp entry, EntryOp placed) {
  Cost cost(entry);
  EntryReport report{entry.getSymName().str(), cost.rows, {0}, {0}, {}, {}};
  for (const Cost::Row &row : cost.rows) {
    report.all.formula = report.all.formula + row.total();
    report.products.formula = report.products.formula + row.turns * row.products;
    report.all.atMost |= row.atMost;
    report.products.atMost |= row.atMost;
  }
  for (IndexOp op : cost.general)
    report.slow.push_back(fmt::format("`{}`, {}", nameIn(op.getLoc()).str(), placeOf(op)));
  SizeExpr inputs = 0, results = 0;
  for (auto [n, type] : llvm::enumerate(entry.getArgumentTypes()))
    if (entry.getArgAttr(n, "heed.input"))
      inputs = inputs + bytesOf(type);
  for (mlir::Type type : entry.getResultTypes())
    results = results + bytesOf(type);
  report.memory = {{"inputs", inputs},
                   {"results", results},
                   {"arena", placed.getArenaBytes() ? placed.getArenaBytes()->getExpr() : SizeExpr(0)}};
  return report;
}

Report reportOf(mlir::ModuleOp heed, mlir::ModuleOp kernels) {
  auto model = *heed.getOps<ModelOp>().begin(), placed = *kernels.getOps<ModelOp>().begin();
  Report report{model.getSymName().str(), model.getPrecision().str(), parametersOf(model), {}, {}};
  report.all = {"", 1, 0, 0};
  for (const ParameterRow &row : report.parameters)
    report.all.count += row.count, report.all.bytes += row.bytes;
  for (auto entry : model.getBody().getOps<EntryOp>())
    if (!entry.getInitialise())
      report.entries.push_back(reportOf(entry, placed.lookupSymbol<EntryOp>(entry.getSymName())));
  return report;
}

// ---- numbers --------------------------------------------------------------------------------------------------------

std::optional<int64_t> valueOf(const SizeExpr &formula, const GivenSizes &sizes) {
  return formula.evaluate([&](std::string_view name) -> std::optional<int64_t> {
    auto found = sizes.find(std::string(name));
    return found == sizes.end() ? std::nullopt : std::optional(found->second);
  });
}

/// "1,234,567"
std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (int at = int(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3)
    digits.insert(size_t(at), ",");
  return digits;
}

std::string numberOf(const SizeExpr &formula, const GivenSizes &sizes) {
  std::optional<int64_t> value = valueOf(formula, sizes);
  return value ? grouped(*value) : "too large";
}

// ---- tables ---------------------------------------------------------------------------------------------------------

/// Columns as wide as their widest cell; the first to the left, numbers to the right, the last (a formula) as it is.
class Table {
public:
  explicit Table(std::vector<std::string> head, bool formulaLast) : formulaLast(formulaLast) { add(std::move(head)); }
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  std::string text() const {
    std::vector<size_t> widths(rows[0].size());
    for (const auto &row : rows)
      for (size_t c = 0; c != row.size(); ++c)
        widths[c] = std::max(widths[c], row[c].size());
    std::string out;
    for (const auto &row : rows) {
      std::string line;
      for (size_t c = 0; c != row.size(); ++c)
        if (c == 0)
          line += fmt::format("  {:<{}}", row[c], widths[c]);
        else if (formulaLast && c + 1 == row.size())
          line += "  " + row[c];
        else
          line += fmt::format("  {:>{}}", row[c], widths[c]);
      out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return out;
  }

private:
  std::vector<std::vector<std::string>> rows;
  bool formulaLast;
};

std::string named(const std::string &block) { return block.empty() ? "the model itself" : block; }

std::string parameterTable(const Report &report) {
  Table table({"parameters", "layers", "of a layer", "count", "bytes"}, false);
  for (const ParameterRow &row : report.parameters)
    table.add({named(row.block), row.turns == 1 ? "" : std::to_string(row.turns),
               row.turns == 1 ? "" : grouped(row.count / row.turns), grouped(row.count), grouped(row.bytes)});
  table.add({"in all", "", "", grouped(report.all.count), grouped(report.all.bytes)});
  return table.text();
}

std::string entryTable(const EntryReport &entry, const GivenSizes &sizes) {
  bool numbers = !sizes.empty();
  auto head = [&](std::vector<std::string> before, std::vector<std::string> counted, const char *formula) {
    if (numbers)
      before.insert(before.end(), counted.begin(), counted.end());
    before.push_back(formula);
    return before;
  };
  auto spelled = [](const SizeExpr &formula, bool atMost) { return (atMost ? "at most " : "") + formula.str(); };
  Table work(head({entry.name, "turns"}, {"FLOPs of a turn", "FLOPs"}, "formula of a turn"), true);
  for (const Cost::Row &row : entry.rows)
    work.add(head({named(row.block), row.turns == SizeExpr(1) ? "" : row.turns.str()},
                  {row.turns == SizeExpr(1) ? "" : numberOf(row.operations, sizes), numberOf(row.total(), sizes)},
                  spelled(row.operations, row.atMost).c_str()));
  auto sum = [&](const char *name, const Formula &formula) {
    work.add(
        head({name, ""}, {"", numberOf(formula.formula, sizes)}, spelled(formula.formula, formula.atMost).c_str()));
  };
  sum("in all", entry.all);
  sum("of it in products", entry.products);

  Table memory(head({"memory"}, {"bytes"}, "formula"), true);
  SizeExpr all = 0;
  for (const auto &[name, bytes] : entry.memory) {
    memory.add(head({name}, {numberOf(bytes, sizes)}, bytes.str().c_str()));
    all = all + bytes;
  }
  memory.add(head({"in all"}, {numberOf(all, sizes)}, all.str().c_str()));
  std::string slow;
  for (const std::string &op : entry.slow)
    slow += fmt::format("  slow: {} is computed point by point\n", op);
  return work.text() + "\n" + memory.text() + slow;
}

// ---- JSON -----------------------------------------------------------------------------------------------------------

llvm::json::Object jsonOf(const SizeExpr &formula, bool atMost, const GivenSizes &sizes) {
  llvm::json::Object object{{"formula", formula.str()}};
  if (atMost)
    object["at_most"] = true;
  if (std::optional<int64_t> value = sizes.empty() ? std::nullopt : valueOf(formula, sizes))
    object["value"] = *value;
  return object;
}

llvm::json::Object jsonOf(const EntryReport &entry, const GivenSizes &sizes) {
  llvm::json::Array rows, slow(entry.slow);
  for (const Cost::Row &row : entry.rows)
    rows.push_back(llvm::json::Object{{"block", row.block},
                                      {"turns", jsonOf(row.turns, false, sizes)},
                                      {"flops_of_a_turn", jsonOf(row.operations, row.atMost, sizes)},
                                      {"flops", jsonOf(row.total(), row.atMost, sizes)}});
  llvm::json::Object memory;
  for (const auto &[name, bytes] : entry.memory)
    memory[name] = jsonOf(bytes, false, sizes);
  return llvm::json::Object{{"name", entry.name},
                            {"blocks", std::move(rows)},
                            {"flops", jsonOf(entry.all.formula, entry.all.atMost, sizes)},
                            {"flops_in_products", jsonOf(entry.products.formula, entry.products.atMost, sizes)},
                            {"memory", std::move(memory)},
                            {"slow", std::move(slow)}};
}

} // namespace

std::string costTable(mlir::ModuleOp heed, mlir::ModuleOp kernels, const GivenSizes &sizes) {
  Report report = reportOf(heed, kernels);
  std::string text = fmt::format("{} in {}", report.model, report.precision);
  for (const auto &[name, size] : sizes)
    text += fmt::format(", {} = {}", name, size);
  text += "\n\n" + parameterTable(report);
  for (const EntryReport &entry : report.entries)
    text += "\n" + entryTable(entry, sizes);
  return text;
}

std::string costJson(mlir::ModuleOp heed, mlir::ModuleOp kernels, const GivenSizes &sizes) {
  Report report = reportOf(heed, kernels);
  llvm::json::Array parameters, entries;
  for (const ParameterRow &row : report.parameters)
    parameters.push_back(
        llvm::json::Object{{"block", row.block}, {"layers", row.turns}, {"count", row.count}, {"bytes", row.bytes}});
  for (const EntryReport &entry : report.entries)
    entries.push_back(jsonOf(entry, sizes));
  llvm::json::Object given;
  for (const auto &[name, size] : sizes)
    given[name] = size;
  llvm::json::Value all = llvm::json::Object{{"model", report.model},
                                             {"precision", report.precision},
                                             {"sizes", std::move(given)},
                                             {"parameters", std::move(parameters)},
                                             {"parameter_count", report.all.count},
                                             {"parameter_bytes", report.all.bytes},
                                             {"entries", std::move(entries)}};
  return llvm::formatv("{0:2}\n", all).str();
}

} // namespace heed::tools
