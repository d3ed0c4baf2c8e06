// A result looks ahead where one of its reaches may lie behind its own position. To blame is the step nearest to the
// result that reads what does not look ahead yet, and makes of it what does.
#include "compiler/derive/LookAhead.h"

#include <fmt/format.h>

using namespace mlir;

namespace heed {

using namespace streams;

namespace {

class Blame {
public:
  explicit Blame(Frontier &in) : in(in), entry(in.getEntry()) {}
  void result(unsigned number, Value value);
  /// Without what says the same of a place twice.
  std::vector<LookAhead> reports();

private:
  bool looksAhead(Value value, const Reach &reach);
  void tell(ArrayRef<const Step *> path, const Reach &reach, unsigned result);
  void tellInput(Value value, unsigned result);
  void word(LookAhead &, const Step &, const Reach &reach);
  void helpWithIndex(LookAhead &, const Step &);
  LookAhead &add(Location place) { return found.emplace_back(LookAhead{place, "", "", "", {}}); }
  void end(LookAhead &, unsigned result);

  Frontier &in;
  EntryOp entry;
  std::vector<LookAhead> found;
  std::vector<const Step *> blamed; // for each; null: an input
  llvm::DenseSet<std::pair<const void *, const void *>> told;
};

/// The name that a person gave to a value; parts of statements are called after what they do.
StringRef writtenName(Value value) {
  StringRef name = value ? nameIn(value.getLoc()) : "";
  static constexpr StringRef parts[] = {"sum",    "max",       "min",    "prod",     "any",       "all",
                                        "argmax", "logsumexp", "attend", "position", "condition", "value"};
  return llvm::is_contained(parts, name) ? StringRef() : name;
}

std::string ticked(StringRef name) { return fmt::format("`{}`", name.str()); }

/// "`k`", or "a value" that has no name.
std::string called(Value value) {
  StringRef name = writtenName(value);
  return name.empty() ? "a value" : ticked(name);
}

/// The attend whose term an op is, else the op.
Operation *statementOf(Operation *op) {
  Operation *around = op->getParentOp();
  return isa_and_nonnull<AttendOp>(around) ? around : op;
}

struct NamedIndices {
  SmallVector<StringRef> names;
  SmallVector<SizeExpr> bounds;
  unsigned kept = 0;
};

/// Indices of a step's op, with those around it.
NamedIndices indicesOf(Operation *op) {
  Indices around = indicesAround(op);
  NamedIndices all{around.names, around.bounds, 0};
  auto add = [&](auto own) {
    for (auto [name, bound] : llvm::zip(own.getNames(), own.getBoundExprs())) {
      all.names.push_back(cast<StringAttr>(name).getValue());
      all.bounds.push_back(bound);
    }
  };
  if (auto index = dyn_cast<IndexOp>(op)) {
    all.kept = around.names.empty() ? index.getRank() : cast<AttendOp>(op->getParentOp()).getRank();
    add(index);
  } else if (auto attend = dyn_cast<AttendOp>(op)) {
    all.kept = attend.getRank();
    add(attend);
  }
  return all;
}

} // namespace

// ---- who is to blame ------------------------------------------------------------------------------------------------

/// A result has to follow an axis of the stream's own length, or must not wait for the stream at all.
bool Blame::looksAhead(Value value, const Reach &reach) {
  if (reach.toTheEnd())
    return true;
  SmallVector<SizeExpr> axes = Frontier::axesOf(value);
  for (auto [axis, size] : llvm::enumerate(axes))
    if (in.sizes().lengthBeyondStream(size) == 0 && within(in.sizes(), axes, reach, axis, in.getPrefix()))
      return false;
  return !within(in.sizes(), axes, reach, std::nullopt, in.getPrefix());
}

void Blame::result(unsigned number, Value value) {
  for (const Reach &reach : in.of(value)) {
    if (!looksAhead(value, reach))
      continue;
    SmallVector<const Step *> path;
    const Reach *at = &reach, *made = &reach;
    Value of = value;
    for (const Step *step = reach.last; step; step = at ? at->last : nullptr) {
      path.push_back(step);
      made = at, at = step->from, of = step->operand;
      if (!at || !in.isAhead(Frontier::axesOf(of), *at))
        break;
    }
    bool input = path.empty() || (at && !at->last && at->toTheEnd());
    if (input)
      tellInput(of, number);
    else
      tell(path, *made, number);
  }
}

void Blame::tellInput(Value value, unsigned result) {
  if (!told.insert({value.getAsOpaquePointer(), nullptr}).second)
    return;
  LookAhead &report = add(value.getLoc());
  blamed.push_back(nullptr);
  report.message = fmt::format("`{}` looks ahead: the axes of {} are no positions of the stream `{}`",
                               entry.getSymName().str(), called(value), in.sizes().stream);
  end(report, result);
}

/// One report for each read, and for each index that runs along the stream.
void Blame::tell(ArrayRef<const Step *> path, const Reach &reach, unsigned result) {
  const Step &step = *path.back();
  bool byIndex = step.index >= 0 && (reach.toTheEnd() || unsigned(step.index) >= indicesOf(step.op).kept);
  const void *place = byIndex ? nullptr : step.place.getAsOpaquePointer();
  if (!told.insert({statementOf(step.op), place}).second)
    return;
  LookAhead &report = add(step.place);
  blamed.push_back(&step);
  word(report, step, reach);
  constexpr size_t most = 4;
  llvm::SmallSetVector<StringRef, 8> names;
  names.insert(writtenName(step.operand));
  names.insert(entry.getSymName());
  for (const Step *made : llvm::reverse(path)) {
    StringRef name = made->result.getDefiningOp() ? writtenName(made->result) : "";
    if (!name.empty() && report.path.size() < most && names.insert(name))
      report.path.push_back({made->result.getLoc(), fmt::format("{} is made of it", ticked(name))});
  }
  end(report, result);
}

/// Where a read is to blame, the length of the stream that its statement or its line asks for is no second mistake.
std::vector<LookAhead> Blame::reports() {
  auto reads = [](const Step &step) {
    return step.cause != Cause::Count && step.cause != Cause::Guard && step.cause != Cause::Size;
  };
  auto lineOf = [](Location place) {
    auto range = place->findInstanceOf<FileLineColRange>();
    return range ? std::pair(range.getFilename(), range.getStartLine()) : std::pair(StringAttr(), 0u);
  };
  auto sameLine = [&](Location a, Location b) { return lineOf(a).second != 0 && lineOf(a) == lineOf(b); };
  std::vector<LookAhead> kept;
  for (auto [n, step] : llvm::enumerate(blamed)) {
    bool twice = false;
    for (auto [m, other] : llvm::enumerate(blamed))
      if (step && other && !reads(*step) && (reads(*other) || m < n))
        twice |= statementOf(step->op) == statementOf(other->op) || sameLine(step->place, other->place) ||
                 sameLine(step->place, other->op->getLoc());
    if (!twice)
      kept.push_back(std::move(found[n]));
  }
  return kept;
}

void Blame::end(LookAhead &report, unsigned result) {
  auto name = entry.getResultAttrOfType<StringAttr>(result, "heed.result");
  bool named = name && name.getValue() != entry.getSymName() && !name.getValue().empty();
  report.path.push_back({entry.getLoc(), fmt::format("{}`{}` gives a position of `{}` as soon as it has come",
                                                     named ? fmt::format("{} of ", ticked(name.getValue())) : "",
                                                     entry.getSymName().str(), in.sizes().stream)});
}

// ---- words ----------------------------------------------------------------------------------------------------------

/// "add `where j <= i`", if j runs along the stream, and i is the result's index along it.
void Blame::helpWithIndex(LookAhead &report, const Step &step) {
  NamedIndices indices = indicesOf(step.op);
  if (size_t(step.index) >= indices.names.size()) // none, or of an op whose indices have no names
    return;
  auto follows = [&](const SizeExpr &size) { return in.sizes().lengthBeyondStream(size).has_value(); };
  if (!follows(indices.bounds[step.index]))
    return;
  bool library = step.place->findInstanceOf<CallSiteLoc>() != nullptr;
  for (unsigned d = 0; d != indices.kept; ++d)
    if (follows(indices.bounds[d])) {
      std::string guard = fmt::format("`{} <= {}`", indices.names[step.index].str(), indices.names[d].str());
      report.help = library && isa<AttendOp>(statementOf(step.op))
                        ? fmt::format("give it a mask that says {}, such as `causal`", guard)
                        : fmt::format("add `where {}", guard.substr(1));
      return;
    }
}

void Blame::word(LookAhead &report, const Step &step, const Reach &reach) {
  std::string operand = called(step.operand), stream = ticked(in.sizes().stream), what;
  NamedIndices indices = indicesOf(step.op);
  StringRef index = size_t(step.index) < indices.names.size() ? indices.names[step.index] : "";
  switch (step.cause) {
  case Cause::Read:
  case Cause::Route:
    if (reach.toTheEnd() && !index.empty()) {
      what = fmt::format("{} is read at every {}, to the end of the stream {}", operand, ticked(index), stream);
    } else if (reach.toTheEnd()) {
      what = fmt::format("{} is read to the end of the stream {}", operand, stream);
    } else {
      std::optional<int64_t> far;
      for (auto [axis, size] : llvm::enumerate(Frontier::axesOf(step.result)))
        if (auto d = in.sizes().lengthBeyondStream(size) ? distance(reach, axis) : std::nullopt)
          far = std::min(far.value_or(*d), *d);
      what = far && *far > 0 ? fmt::format("{} is read {}{} ahead", operand, index.empty() ? "" : "up to ",
                                           *far == 1 ? "1 position" : fmt::format("{} positions", *far))
                             : fmt::format("{} is read at positions of the stream that may be still to come", operand);
    }
    report.label = "not at or before its own position";
    break;
  case Cause::Data:
    what = fmt::format("data says which position of {} is read", operand);
    report.help = "guard the read with an `if` or a `where`, so that it lies at or before its own position";
    break;
  case Cause::Count:
    what = fmt::format("{} runs to the end of the stream {}, so the result depends on how long it gets", ticked(index),
                       stream);
    break;
  case Cause::Size:
    what = fmt::format("the value of {} is known at the end of the stream only", stream);
    report.help = fmt::format("positions are `0..{}`; how many have come is a position plus one", in.sizes().stream);
    break;
  case Cause::Guard:
    what = fmt::format("a condition asks how long the stream {} gets", stream);
    break;
  case Cause::Reverse:
    what = fmt::format("a loop from the end of the stream {} begins when it has ended", stream);
    break;
  case Cause::Sort:
    what = fmt::format("{} is sorted along the stream {}", operand, stream);
    break;
  case Cause::Merge:
    what =
        fmt::format("the axis of the stream {} is merged with another one here, and can't be told apart again", stream);
    break;
  }
  report.message = fmt::format("`{}` looks ahead: {}", entry.getSymName().str(), what);
  if (step.cause == Cause::Read || step.cause == Cause::Count)
    helpWithIndex(report, step);
}

// ---- all of it ------------------------------------------------------------------------------------------------------

std::vector<LookAhead> lookAheads(Frontier &in) {
  Blame blame(in);
  Operation *results = in.getEntry().getBody().front().getTerminator();
  for (auto [number, value] : llvm::enumerate(results->getOperands()))
    blame.result(number, value);
  return blame.reports();
}

std::vector<LookAhead> lookAheads(ModelOp model) {
  std::vector<LookAhead> all;
  for (auto entry : model.getBody().getOps<EntryOp>())
    if (entry.getStream()) {
      Frontier frontier(entry);
      llvm::append_range(all, lookAheads(frontier));
    }
  return all;
}

} // namespace heed
