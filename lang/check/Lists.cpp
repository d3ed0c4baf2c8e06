// Lists: made by comprehensions, turned round, bound as members. Blocks in lists get a place each; those made from the
// same values know each other, so that what they share is made once.
#include "lang/check/Elaborator.h"

namespace heed {

namespace {
using ListPtr = std::shared_ptr<const List>;

bool holdsBlocks(const Value &value) {
  if (auto list = value.as<ListPtr>())
    return std::any_of((*list)->items.begin(), (*list)->items.end(), holdsBlocks);
  return value.as<BlockRef>() != nullptr;
}

/// For each item one that stands earlier and is made from the same values, else the one at its place in `other`. To be
/// asked before they are bound: bound blocks are equal to themselves alone.
std::vector<const Value *> alikeOf(const std::vector<Value> &items, const Value *other) {
  std::vector<const Value *> result, known;
  auto otherList = other ? other->as<ListPtr>() : nullptr;
  for (size_t i = 0; i < items.size(); ++i) {
    auto same = std::find_if(known.begin(), known.end(), [&](const Value *k) { return equal(*k, items[i]); });
    bool paired = otherList && i < (*otherList)->items.size();
    result.push_back(same != known.end() ? *same : paired ? &(*otherList)->items[i] : nullptr);
    if (same == known.end())
      known.push_back(&items[i]);
  }
  return result;
}

Place itemOf(const Place &list, size_t number) {
  return {list.path + ".*", fmt::format("{}.{}", list.exact, number), true};
}
} // namespace

namespace {
constexpr double kLongest = 1 << 16; // of what is written out: a config may say anything

bool isLong(const SpanValue &span) {
  auto low = span.low.constant(), high = span.high.constant();
  return low && high && double(*high) - double(*low) > kLongest;
}
} // namespace

/// What a list or a loop goes over, if that is known when compiling.
bool Elaborator::turnsOf(const Value &over, std::vector<Value> &turns) {
  if (auto list = over.as<ListPtr>()) {
    turns = (*list)->items;
    return true;
  }
  auto span = over.as<SpanValue>();
  if (!span || !span->low.constant() || !span->high.constant() || isLong(*span))
    return false;
  for (int64_t i = *span->low.constant(); i < *span->high.constant(); ++i)
    turns.push_back(Number(i));
  return true;
}

bool Elaborator::comprehend(const ast::Comprehension &e, const ScopePtr &scope, std::vector<Value> &items,
                            std::vector<ScopePtr> &scopes) {
  Value over = eval(*e.over, scope);
  if (over.poisoned())
    return false;
  std::vector<Value> turns;
  if (auto span = over.as<SpanValue>(); span && isLong(*span)) {
    fault(Kind::LoopOver, e.over->range, "a list has at most {} elements, and this is {}", kLongest, describe(over));
    return false;
  }
  if (!turnsOf(over, turns)) {
    fault(Kind::LoopOver, e.over->range, "a list is made over what is known when compiling, and this is {}",
          describe(over));
    return false;
  }
  for (size_t i = 0; i < turns.size(); ++i) {
    auto inner = std::make_shared<Scope>();
    inner->parent = scope;
    inner->names[e.first.text] = e.second ? Value(Number(static_cast<int64_t>(i))) : turns[i];
    if (e.second)
      inner->names[e.second->text] = turns[i];
    items.push_back(eval(*e.element, inner));
    scopes.push_back(inner);
  }
  return true;
}

Value Elaborator::evalComprehension(const ast::Comprehension &e, const ScopePtr &scope) {
  auto list = std::make_shared<List>();
  std::vector<ScopePtr> scopes;
  if (!comprehend(e, scope, list->items, scopes))
    return {};
  return std::shared_ptr<const List>(list);
}

/// A list from its end, a range from its last number.
Value Elaborator::reversed(const Value &value, Range range) {
  if (auto span = value.as<SpanValue>(); span && !(span->low.constant() && span->high.constant()))
    return SpanValue{span->low, span->high, !span->reverse};
  if (auto span = value.as<SpanValue>(); span && isLong(*span))
    return SpanValue{span->low, span->high, !span->reverse};
  if (auto size = value.size(); size && !size->isConstant())
    return SpanValue{0, *size, true};
  auto list = std::make_shared<List>();
  if (!turnsOf(value.size() ? Value(SpanValue{0, *value.size()}) : value, list->items)) {
    fault(Kind::TypeMismatch, range, "`reverse` takes a range, a size or a list, and this is {}", describe(value));
    return {};
  }
  std::reverse(list->items.begin(), list->items.end());
  return ListPtr(list);
}

/// `h[2:]`, `h[:-1]`: bounds are known when compiling, and count from the end where they are negative.
Value Elaborator::partOfList(const ast::Index &index, const Value &list, const ScopePtr &scope) {
  const std::vector<Value> &items = (*list.as<ListPtr>())->items;
  int64_t count = items.size(), bounds[2] = {0, count};
  for (int i : {0, 1}) {
    const ast::ExprPtr &bound = i == 0 ? index.low : index.high;
    if (!bound)
      continue;
    Value value = eval(*bound, scope);
    if (value.poisoned())
      return {};
    auto number = value.as<Number>();
    auto whole = number ? number->whole() : std::nullopt;
    if (!whole) {
      notWhole(Kind::NotAnIndex, bound->range, "the bound of a part of a list", value);
      return {};
    }
    bounds[i] = *whole < 0 ? *whole + count : *whole;
  }
  if (bounds[0] < 0 || bounds[1] > count || bounds[0] > bounds[1]) {
    fault(Kind::IndexOutside, index.range, "the list has {} elements, so there is no part from {} to {}", count,
          bounds[0], bounds[1]);
    return {};
  }
  auto part = std::make_shared<List>();
  part->items.assign(items.begin() + bounds[0], items.begin() + bounds[1]);
  return ListPtr(part);
}

/// Gives the blocks that a member binds their names. `each`: where the elements of a comprehension were evaluated.
void Elaborator::bindMember(Instance &instance, const ast::Member &member, const Value &value, const ScopePtr &scope,
                            const std::vector<ScopePtr> &each) {
  const std::string &name = member.targets.front().name.text;
  const Value *alike = nullptr;
  if (instance.alike)
    if (auto found = instance.alike->fields.find(name); found != instance.alike->fields.end())
      alike = &found->second;
  if (!holdsBlocks(value))
    return;
  auto list = value.as<ListPtr>();
  if (!list)
    return bindWithin(value, join(instance.place, name), storedAs(instance, member, name, scope), alike);
  std::vector<const Value *> alikes = alikeOf((*list)->items, alike);
  for (size_t i = 0; i < alikes.size(); ++i)
    bindWithin((*list)->items[i], itemOf(join(instance.place, name), i),
               storedAs(instance, member, name, each.empty() ? scope : each[i], i), alikes[i]);
}

/// Names a block, or those of a list.
void Elaborator::bindWithin(const Value &value, const Place &place, const StoredAs &stored, const Value *alike) {
  if (auto block = value.as<BlockRef>()) {
    auto other = alike ? alike->as<BlockRef>() : nullptr;
    bindBlock(block->instance, place, stored, other ? other->instance : nullptr);
  } else if (auto list = value.as<ListPtr>(); list && holdsBlocks(value)) {
    std::vector<const Value *> alikes = alikeOf((*list)->items, alike);
    for (size_t i = 0; i < alikes.size(); ++i)
      bindWithin((*list)->items[i], itemOf(place, i), storedUnder(stored, std::to_string(i)), alikes[i]);
  }
}

} // namespace heed
