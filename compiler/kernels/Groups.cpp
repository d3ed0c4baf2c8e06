#include "compiler/kernels/Groups.h"

#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

#include <set>

using namespace mlir;

namespace heed {

Groups::Groups(Block &block) {
  SmallVector<unsigned> checks;
  for (Operation &op : block.without_terminator()) {
    unsigned number = members.size();
    numbers[&op] = number;
    groupOf.push_back(number);
    members.push_back({&op});
    llvm::SetVector<Value> used(op.operand_begin(), op.operand_end());
    getUsedValuesDefinedAbove(op.getRegions(), used);
    llvm::SmallSetVector<unsigned, 8> from;
    for (Value value : used)
      if (Operation *maker = value.getDefiningOp(); maker && maker->getBlock() == &block)
        from.insert(numbers.at(maker));
    from.insert(checks.begin(), checks.end());
    if (isa<CheckOp>(op))
      checks.push_back(number);
    needs.emplace_back(from.getArrayRef());
    neededBy.emplace_back();
    for (unsigned other : from)
      neededBy[other].push_back(number);
  }
  reasons.resize(members.size());
}

std::optional<Groups::Id> Groups::maker(Value value) const {
  auto number = numbers.find(value.getDefiningOp());
  return number == numbers.end() ? std::nullopt : std::optional(groupOf[number->second]);
}

SmallVector<Groups::Id> Groups::all() const {
  SmallVector<Id> ids;
  for (auto [number, group] : llvm::enumerate(groupOf))
    if (numbers.at(members[group].front()) == number)
      ids.push_back(group);
  return ids;
}

/// A path from one group to another; without `direct` only by way of a third.
bool Groups::find(Id from, Id to, bool direct) const {
  llvm::SmallDenseSet<Id> seen{from};
  SmallVector<Id> open{from};
  while (!open.empty()) {
    Id group = open.pop_back_val();
    for (Operation *op : members[group])
      for (unsigned reader : neededBy[numbers.at(op)]) {
        Id next = groupOf[reader];
        if (next == to && (direct || group != from))
          return true;
        if (next != to && seen.insert(next).second)
          open.push_back(next);
      }
  }
  return false;
}

void Groups::merge(Id a, Id b) {
  for (Operation *op : members[b])
    groupOf[numbers.at(op)] = a;
  members[a].append(members[b]);
  members[b].clear();
  llvm::sort(members[a], [&](Operation *x, Operation *y) { return numbers.at(x) < numbers.at(y); });
  for (const std::string &why : reasons[b])
    decline(a, why);
}

void Groups::decline(Id id, const std::string &why) {
  if (!llvm::is_contained(reasons[id], why))
    reasons[id].push_back(why);
}

SmallVector<Groups::Id> Groups::inOrder() const {
  llvm::DenseMap<Id, unsigned> missing;
  std::set<std::pair<unsigned, Id>> ready; // by the number of the last op
  auto others = [&](Id id, const std::vector<SmallVector<unsigned>> &edges) {
    llvm::SmallSetVector<Id, 8> groups;
    for (Operation *op : members[id])
      for (unsigned other : edges[numbers.at(op)])
        if (groupOf[other] != id)
          groups.insert(groupOf[other]);
    return groups;
  };
  auto add = [&](Id id) { ready.insert({numbers.at(members[id].back()), id}); };
  for (Id id : all())
    if ((missing[id] = others(id, needs).size()) == 0)
      add(id);
  SmallVector<Id> order;
  while (!ready.empty()) {
    Id id = ready.begin()->second;
    ready.erase(ready.begin());
    order.push_back(id);
    for (Id next : others(id, neededBy))
      if (--missing[next] == 0)
        add(next);
  }
  return order;
}

} // namespace heed
