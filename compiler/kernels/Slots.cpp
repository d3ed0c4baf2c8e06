#include "compiler/kernels/Slots.h"

#include <algorithm>
#include <numeric>

namespace heed {
namespace {

constexpr int64_t alignment = 64; // HEED_ALIGNMENT: a cache line, and what every buffer of the ABI begins at

struct Slot {
  SizeExpr bytes;
  int64_t typical;               // bytes at the sample sizes
  std::vector<unsigned> tenants; // live at different times

  bool isFreeFor(const Tenant &tenant, const std::vector<Tenant> &all) const {
    return std::none_of(tenants.begin(), tenants.end(),
                        [&](unsigned t) { return all[t].begin <= tenant.end && tenant.begin <= all[t].end; });
  }
};

/// The greater of two sizes: by their coefficients if those show it, else both under one max.
SizeExpr greater(const SizeExpr &a, const SizeExpr &b) {
  if (a.dominates(b))
    return a;
  return b.dominates(a) ? b : SizeExpr::max(a, b);
}

} // namespace

SizeExpr assignOffsets(std::vector<Tenant> &tenants,
                       const std::function<std::optional<int64_t>(std::string_view)> &sample) {
  std::vector<int64_t> typical;
  for (const Tenant &tenant : tenants)
    typical.push_back(tenant.bytes.evaluate(sample).value_or(0));
  // The largest first: then a slot seldom has to grow for a later tenant.
  std::vector<unsigned> order(tenants.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](unsigned a, unsigned b) { return std::pair(-typical[a], a) < std::pair(-typical[b], b); });

  std::vector<Slot> slots;
  for (unsigned t : order) {
    // Of the free slots the one that is surely large enough and wastes least; else any free one, which then grows where
    // it must.
    Slot *best = nullptr;
    bool bestFits = false;
    for (Slot &slot : slots) {
      if (!slot.isFreeFor(tenants[t], tenants))
        continue;
      bool fits = slot.bytes.dominates(tenants[t].bytes);
      if (!best || (fits && !bestFits) || (fits == bestFits && slot.typical < best->typical)) {
        best = &slot;
        bestFits = fits;
      }
    }
    if (!best)
      best = &slots.emplace_back(Slot{tenants[t].bytes, typical[t], {}});
    best->bytes = greater(best->bytes, tenants[t].bytes);
    best->tenants.push_back(t);
  }

  SizeExpr offset = 0;
  for (const Slot &slot : slots) {
    for (unsigned t : slot.tenants)
      tenants[t].offset = offset;
    offset = offset + SizeExpr::alignedUp(slot.bytes, alignment);
  }
  return offset;
}

} // namespace heed
