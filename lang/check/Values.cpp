#include "lang/check/Values.h"

namespace heed {

std::optional<SizeExpr> Value::size() const {
  if (auto size = as<SizeExpr>())
    return *size;
  if (auto number = as<Number>())
    if (auto whole = number->whole(); whole && !real)
      return SizeExpr(*whole);
  return std::nullopt;
}

std::string shapeText(const std::vector<SizeExpr> &axes) {
  std::string text = "[";
  for (const SizeExpr &axis : axes)
    text += (text.size() > 1 ? ", " : "") + axis.str();
  return text + "]";
}

std::string quoted(std::string_view text) {
  constexpr size_t longest = 160;
  std::string shown = "\"";
  for (char c : text.substr(0, longest)) {
    unsigned char byte = c;
    bool control = byte < 0x20 || byte == 0x7f; // a terminal must not obey a config
    shown += control ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return shown + (text.size() > longest ? "…\"" : "\"");
}

std::string describe(const Value &value) {
  struct Describe {
    std::string operator()(const Poison &) const { return "nothing"; }
    std::string operator()(const Number &n) const { return fmt::format("the number {}", n.str()); }
    std::string operator()(bool b) const { return b ? "`true`" : "`false`"; }
    std::string operator()(const std::string &s) const { return "the text " + quoted(s); }
    std::string operator()(const SizeExpr &s) const { return fmt::format("the size {}", s.str()); }
    std::string operator()(const std::shared_ptr<const Data> &d) const {
      std::string_view kind = d->element == Element::Bool      ? "boolean"
                              : checked::isInteger(d->element) ? "integer"
                                                               : "float";
      return d->axes.empty() ? fmt::format("{} {}", kind[0] == 'i' ? "an" : "a", kind)
                             : fmt::format("a tensor {} of {}s", shapeText(d->axes), kind);
    }
    std::string operator()(const std::shared_ptr<const Callable> &) const { return "a function"; }
    std::string operator()(const BlockMaker &) const { return "a block that is not made yet"; }
    std::string operator()(const BlockRef &b) const {
      return fmt::format("a block `{}`", b.instance->declaration->name.text);
    }
    std::string operator()(const std::shared_ptr<const List> &l) const {
      bool blocks = !l->items.empty() && l->items.front().as<BlockRef>();
      return fmt::format("a list of {}{}", l->items.size(), blocks ? " blocks" : "");
    }
    std::string operator()(const std::shared_ptr<const TupleValue> &t) const {
      return fmt::format("{} values", t->items.size());
    }
    std::string operator()(const std::shared_ptr<const Dictionary> &) const { return "a map"; }
    std::string operator()(const SpanValue &s) const {
      return fmt::format("the range {}..{}{}", s.low.str(), s.high.str(), s.reverse ? " from its end" : "");
    }
    std::string operator()(const std::shared_ptr<const Collected> &) const { return "what a loop collects"; }
    std::string operator()(const Absent &) const { return "an input that was not given"; }
  };
  return std::visit(Describe{}, value.is);
}

namespace {
bool equalCallables(const Callable *a, const Callable *b);

bool equalScopes(const Scope *a, const Scope *b) {
  if (a == b)
    return true;
  if (!a || !b || a->file != b->file || a->names.size() != b->names.size() ||
      a->self.has_value() != b->self.has_value())
    return false;
  if (a->self && a->self->instance != b->self->instance)
    return false;
  for (auto x = a->names.begin(), y = b->names.begin(); x != a->names.end(); ++x, ++y)
    if (x->first != y->first || !equal(x->second, y->second))
      return false;
  return equalScopes(a->parent.get(), b->parent.get());
}

bool equalCallables(const Callable *a, const Callable *b) {
  if (a == b)
    return true;
  return a && b && a->kind == b->kind && a->declaration == b->declaration && a->name == b->name &&
         a->given == b->given && a->arguments == b->arguments && equalScopes(a->scope.get(), b->scope.get()) &&
         equalCallables(a->a.get(), b->a.get()) && equalCallables(a->b.get(), b->b.get());
}

bool equalInstances(const Instance &a, const Instance &b) {
  if (&a == &b)
    return true;
  if (a.declaration != b.declaration || a.bound || b.bound || a.given.size() != b.given.size())
    return false;
  for (size_t i = 0; i < a.given.size(); ++i)
    if (!equal(a.given[i].second, b.given[i].second))
      return false;
  return std::equal(a.replacements.begin(), a.replacements.end(), b.replacements.begin(), b.replacements.end(),
                    [](auto &x, auto &y) { return x.entry == y.entry && x.rest == y.rest; });
}

bool equalItems(const std::vector<Value> &a, const std::vector<Value> &b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), equal);
}
} // namespace

bool equal(const Value &a, const Value &b) {
  if (a.is.index() != b.is.index())
    return false;
  if (auto x = a.as<Number>())
    return *x == *b.as<Number>();
  if (auto x = a.as<bool>())
    return *x == *b.as<bool>();
  if (auto x = a.as<std::string>())
    return *x == *b.as<std::string>();
  if (auto x = a.as<SizeExpr>())
    return *x == *b.as<SizeExpr>();
  if (auto x = a.data())
    return x == b.data();
  if (auto x = a.callable())
    return equalCallables(x, b.callable());
  if (auto x = a.as<BlockRef>())
    return equalInstances(*x->instance, *b.as<BlockRef>()->instance);
  if (auto x = a.as<BlockMaker>()) {
    auto y = b.as<BlockMaker>();
    if (x->declaration != y->declaration || x->given.size() != y->given.size())
      return false;
    for (size_t i = 0; i < x->given.size(); ++i)
      for (size_t k = 0; k < x->given[i].size(); ++k)
        if (!equal(*x->given[i][k].second, *y->given[i][k].second))
          return false;
    return true;
  }
  if (auto x = a.as<std::shared_ptr<const List>>())
    return equalItems((*x)->items, (*b.as<std::shared_ptr<const List>>())->items);
  if (auto x = a.as<std::shared_ptr<const TupleValue>>())
    return equalItems((*x)->items, (*b.as<std::shared_ptr<const TupleValue>>())->items);
  if (auto x = a.as<SpanValue>())
    return x->low == b.as<SpanValue>()->low && x->high == b.as<SpanValue>()->high &&
           x->reverse == b.as<SpanValue>()->reverse;
  return a.as<Absent>() != nullptr;
}

} // namespace heed
