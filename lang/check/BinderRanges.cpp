// What binders range over: `in`, else the axes that they address alone, else what the other parts of a composite leave
// of an axis.
#include "lang/check/Elaborator.h"
#include "lang/check/Mentions.h"

namespace heed {

/// What is known about binders that have no `in`: the axes that they address alone.
struct Elaborator::Ranges {
  struct Found {
    SizeExpr size;
    Range where;
  };
  std::map<std::string, std::vector<Found>, std::less<>> axes;  // by the binder's name
  std::vector<std::pair<std::vector<SizeExpr>, Range>> spreads; // what `..` met
  std::vector<std::string> hidden;                              // bound further inside: not ours
  std::set<std::string, std::less<>> names;                     // all binders that are looked for
  std::map<std::string, SizeExpr, std::less<>> given;           // those with `in`
  struct Composite {
    const ast::Index *index;
    SizeExpr axis;
  };
  std::vector<Composite> composites; // solved once the single ones are known
  bool poisoned = false; // something indexed was wrong already, so a missing range is no fault of the binder
};

void Elaborator::collect(const std::vector<Bound> &bounds, std::vector<const IndexVar *> &into) {
  for (const Bound &bound : bounds) {
    into.insert(into.end(), bound.indices.begin(), bound.indices.end());
    collect(bound.parts, into);
  }
}

/// The value of what is indexed, if it can be had without the binders; quietly none otherwise.
std::optional<Value> Elaborator::baseOf(const ast::Expr &e, Ranges &ranges, const ScopePtr &scope) {
  if (mentions(e, ranges.names) || mentions(e, {ranges.hidden.begin(), ranges.hidden.end()}))
    return std::nullopt;
  Value value = eval(e, scope);
  ranges.poisoned = ranges.poisoned || value.poisoned();
  if (!ast::as<ast::NameExpr>(&e))
    bases[&e] = value;
  return value;
}

void Elaborator::scanIndex(const ast::Index &index, const SizeExpr &axis, Ranges &ranges, const ScopePtr &scope) {
  if (index.kind == ast::Index::Kind::Composite) {
    ranges.composites.push_back({&index, axis});
    return;
  }
  if (index.kind != ast::Index::Kind::At)
    return;
  auto name = ast::as<ast::NameExpr>(index.low);
  if (name && ranges.names.count(name->name) &&
      std::find(ranges.hidden.begin(), ranges.hidden.end(), name->name) == ranges.hidden.end())
    ranges.axes[name->name].push_back({axis, name->range});
  else
    scanRanges(*index.low, ranges, scope);
}

void Elaborator::scanSubscript(const ast::Subscript &e, Ranges &ranges, const ScopePtr &scope) {
  scanRanges(*e.base, ranges, scope);
  auto value = baseOf(*e.base, ranges, scope);
  DataPtr table;
  if (auto list = value ? value->as<std::shared_ptr<const List>>() : nullptr)
    table = tableOf(*list, e.base->range);
  const Data *base = table ? table.get() : value ? value->data() : nullptr;
  size_t rank = base ? base->axes.size() : 0, taken = 0;
  for (const ast::Index &index : e.indices)
    taken += index.kind != ast::Index::Kind::Spread;
  if (!base || taken > rank) {
    for (const ast::Index &index : e.indices)
      if (index.kind == ast::Index::Kind::At && !ast::as<ast::NameExpr>(index.low))
        scanRanges(*index.low, ranges, scope);
    if (base && tooManyIndices(e, *base))
      ranges.poisoned = true;
    return;
  }
  size_t axis = 0;
  for (const ast::Index &index : e.indices) {
    if (index.kind == ast::Index::Kind::Spread) {
      size_t count = rank - taken;
      ranges.spreads.push_back({{base->axes.begin() + axis, base->axes.begin() + axis + count}, index.range});
      axis += count;
      continue;
    }
    scanIndex(index, base->axes[axis++], ranges, scope);
  }
}

void Elaborator::scanRanges(const ast::Expr &e, Ranges &ranges, const ScopePtr &scope) {
  using K = ast::Expr::Kind;
  auto scan = [&](const ast::ExprPtr &part) {
    if (part)
      scanRanges(*part, ranges, scope);
  };
  auto hiding = [&](const std::vector<ast::Binder> &binders, auto inner) {
    size_t before = ranges.hidden.size();
    size_t spreadsBefore = ranges.spreads.size();
    bool hidesSpread = false;
    std::function<void(const ast::Binder &)> hide = [&](const ast::Binder &binder) {
      if (binder.kind == ast::Binder::Kind::Name)
        ranges.hidden.push_back(binder.name.text), scan(binder.in);
      hidesSpread = hidesSpread || binder.kind == ast::Binder::Kind::Spread;
      for (const ast::Binder &part : binder.parts)
        hide(part);
    };
    for (const ast::Binder &binder : binders)
      hide(binder);
    inner();
    ranges.hidden.resize(before);
    if (hidesSpread)
      ranges.spreads.resize(spreadsBefore);
  };
  switch (e.kind) {
  case K::Paren:
    return scan(static_cast<const ast::Paren &>(e).inner);
  case K::Tuple:
    for (const auto &entry : static_cast<const ast::Tuple &>(e).entries)
      scan(entry.value);
    return;
  case K::List:
    for (const auto &element : static_cast<const ast::List &>(e).elements)
      scan(element);
    return;
  case K::If: {
    const auto &i = static_cast<const ast::If &>(e);
    if (!mentions(*i.condition, ranges.names)) // what is not chosen when compiling says nothing
      if (Value chosen = eval(*i.condition, scope); chosen.as<bool>())
        return scan(*chosen.as<bool>() ? i.then : i.otherwise);
    return scan(i.condition), scan(i.then), scan(i.otherwise);
  }
  case K::Unary:
    return scan(static_cast<const ast::Unary &>(e).operand);
  case K::Binary: {
    const auto &b = static_cast<const ast::Binary &>(e);
    return scan(b.left), scan(b.right);
  }
  case K::Call: {
    const auto &call = static_cast<const ast::Call &>(e);
    scan(call.callee);
    if (auto name = ast::as<ast::NameExpr>(call.callee)) // `x(b, t)` for `x[b, t]` is no fault of the binders
      if (auto value = lookup(name->name, name->range, scope); value && value->data())
        this->call(*value, name->range, {}, e.range), ranges.poisoned = true;
    for (const auto &argument : call.arguments)
      scan(argument.value);
    return;
  }
  case K::Dot:
    return scan(static_cast<const ast::Dot &>(e).base);
  case K::Subscript:
    return scanSubscript(static_cast<const ast::Subscript &>(e), ranges, scope);
  case K::Reduce: {
    const auto &r = static_cast<const ast::Reduce &>(e);
    return hiding(r.binders, [&] { scan(r.where), scan(r.body); });
  }
  case K::Attend: {
    const auto &a = static_cast<const ast::Attend &>(e);
    return hiding(a.binders, [&] {
      scan(a.where);
      for (const auto &argument : a.arguments)
        scan(argument.value);
    });
  }
  case K::Body: {
    size_t before = ranges.hidden.size();
    for (const auto &statement : static_cast<const ast::Body &>(e).statements) {
      scan(statement->value), scan(statement->condition);
      for (const ast::Target &target : statement->targets)
        ranges.hidden.push_back(target.name.text);
    }
    ranges.hidden.resize(before);
    return;
  }
  default:
    return;
  }
}

bool Elaborator::makeBound(const ast::Binder &binder, Ranges &ranges, const ScopePtr &inner, const ScopePtr &outer,
                           Bound &bound) {
  bound.binder = &binder;
  if (binder.kind == ast::Binder::Kind::Composite) {
    for (const ast::Binder &part : binder.parts)
      if (!makeBound(part, ranges, inner, outer, bound.parts.emplace_back()))
        return false;
    return true;
  }
  if (binder.kind == ast::Binder::Kind::Colon)
    return true; // an axis that the element brings along
  if (binder.kind == ast::Binder::Kind::Name && isTurn(binder.name.text, outer)) {
    bound.turn = true;
    return true;
  }
  if (binder.kind == ast::Binder::Kind::Spread) {
    if (ranges.spreads.empty() && ranges.poisoned)
      return false;
    if (ranges.spreads.empty()) {
      fault(Kind::UnrangedBinder, binder.range, "nothing here says which axes `..` stands for");
      return false;
    }
    const auto &[axes, where] = ranges.spreads.front();
    for (const auto &[other, otherRange] : ranges.spreads)
      if (other.size() != axes.size() ||
          !std::equal(axes.begin(), axes.end(), other.begin(), [&](auto &a, auto &b) { return sizesAgree(a, b); })) {
        fault(Kind::AxisMismatch, binder.range, "`..` stands for {} and for {}", shapeText(axes), shapeText(other))
            .mark(where, shapeText(axes))
            .mark(otherRange, shapeText(other));
        return false;
      }
    for (size_t i = 0; i < axes.size(); ++i)
      bound.indices.push_back(make.index(axes.size() == 1 ? "a" : fmt::format("a{}", i), axes[i], binder.range));
    return true;
  }
  std::optional<SizeExpr> size;
  if (auto given = ranges.given.find(binder.name.text); given != ranges.given.end())
    size = given->second;
  auto found = ranges.axes.find(binder.name.text);
  if (!size && found != ranges.axes.end()) {
    size = found->second.front().size;
    for (const Ranges::Found &other : found->second)
      if (!sizesAgree(other.size, *size)) {
        fault(Kind::AxisMismatch, binder.name.range, "`{}` addresses an axis of size {} and one of size {}",
              binder.name.text, size->str(), other.size.str())
            .mark(found->second.front().where, size->str())
            .mark(other.where, other.size.str());
        return false;
      }
  }
  if (!size && ranges.poisoned)
    return false;
  if (!size) {
    fault(Kind::UnrangedBinder, binder.name.range, "nothing here says what `{}` ranges over", binder.name.text)
        .labelled("addresses no axis by itself")
        .helped(fmt::format("index an axis with it, or say how far it runs: `{} in N` for 0..N", binder.name.text));
    return false;
  }
  bound.indices = {make.index(binder.name.text, *size, binder.name.range)};
  inner->names[binder.name.text] = scalar(make.at(bound.indices[0], binder.name.range));
  return true;
}

/// Gives every binder its index variables and its name in `inner`, from `in` or from the axes that it addresses in what
/// was scanned.
bool Elaborator::bindBinders(const std::vector<ast::Binder> &binders, const std::vector<const ast::Expr *> &scanned,
                             const ScopePtr &inner, const ScopePtr &outer, std::vector<Bound> &bounds) {
  Ranges ranges;
  bool fine = true, open = false;
  std::function<void(const ast::Binder &)> look = [&](const ast::Binder &binder) {
    for (const ast::Binder &part : binder.parts)
      look(part);
    open = open || binder.kind == ast::Binder::Kind::Spread;
    if (binder.kind != ast::Binder::Kind::Name || isTurn(binder.name.text, outer))
      return;
    ranges.names.insert(binder.name.text);
    if (!binder.in) {
      open = true;
      return;
    }
    Value value = eval(*binder.in, outer);
    auto span = value.as<SpanValue>();
    auto size = span && span->low == SizeExpr(0) ? std::optional(span->high) : value.size();
    if (!size && !value.poisoned())
      notWhole(Kind::NotAnIndex, binder.in->range, fmt::format("what `{}` ranges over", binder.name.text), value);
    if (size)
      ranges.given.insert({binder.name.text, *size});
    fine = fine && size;
  };
  for (const ast::Binder &binder : binders)
    look(binder);
  if (!fine)
    return false;
  if (open)
    for (const ast::Expr *e : scanned)
      if (e)
        scanRanges(*e, ranges, outer);
  solveComposites(ranges, outer);
  for (const ast::Binder &binder : binders)
    if (!makeBound(binder, ranges, inner, outer, bounds.emplace_back()))
      return false;
  return true;
}

/// A binder inside a composite ranges over what the other parts leave of the axis.
void Elaborator::solveComposites(Ranges &ranges, const ScopePtr &scope) {
  auto sizeOf = [&](const std::string &name) -> std::optional<SizeExpr> {
    if (auto given = ranges.given.find(name); given != ranges.given.end())
      return given->second;
    if (auto found = ranges.axes.find(name); found != ranges.axes.end())
      return found->second.front().size;
    return std::nullopt;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto &[index, axis] : ranges.composites) {
      SizeExpr product = 1;
      const ast::NameExpr *unknown = nullptr;
      unsigned unknowns = 0;
      for (const ast::Index &part : index->parts) {
        auto name = part.kind == ast::Index::Kind::At ? ast::as<ast::NameExpr>(part.low) : nullptr;
        std::optional<SizeExpr> extent = name ? sizeOf(name->name) : std::nullopt;
        if (!extent && part.kind == ast::Index::Kind::At && !(name && ranges.names.count(name->name))) {
          // `1 - p`, or an index of an enclosing statement: the range of the one index in it
          for (const std::string &candidate : namesIn(*part.low))
            if (auto size = sizeOf(candidate))
              extent = size;
            else if (auto outerValue = lookup(candidate, part.range, scope))
              if (const Data *data = outerValue->data(); data && data->axes.empty())
                if (const Expr *e = scalarOf(*data); e->kind == Expr::Kind::Index)
                  extent = e->index->bound;
        }
        if (extent)
          product = product * *extent;
        else
          unknown = name, ++unknowns;
      }
      if (unknowns != 1 || !unknown)
        continue;
      if (auto rest = axis.dividedBy(product)) {
        ranges.axes[unknown->name].push_back({*rest, unknown->range});
        changed = true;
      }
    }
  }
}

} // namespace heed
