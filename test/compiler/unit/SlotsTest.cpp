// Slots: who shares memory, with formulas for sizes.
#include "compiler/kernels/Slots.h"

#include <doctest/doctest.h>

#include <optional>
#include <random>

using namespace heed;

namespace {
const SizeExpr T = SizeExpr::symbol("T"), B = SizeExpr::symbol("B");

auto sizes(int64_t b, int64_t t) {
  return [=](std::string_view name) -> std::optional<int64_t> { return name == "T" ? t : b; };
}
bool liveTogether(const Tenant &a, const Tenant &b) { return a.begin <= b.end && b.begin <= a.end; }
} // namespace

TEST_CASE("values that are never live together share a slot as large as the larger one") {
  std::vector<Tenant> tenants = {{0, 1, T * 64}, {1, 2, T * 128}, {2, 3, T * 64}, {3, 4, T * 128}};
  CHECK(assignOffsets(tenants, sizes(8, 1024)) == T * 192);
  CHECK(tenants[0].offset == tenants[2].offset);
  CHECK(tenants[1].offset == tenants[3].offset);
}

TEST_CASE("a value is live up to and including the op that reads it last") {
  std::vector<Tenant> tenants = {{0, 1, 64}, {1, 1, 64}};
  CHECK(assignOffsets(tenants, sizes(1, 1)) == SizeExpr(128));
}

TEST_CASE("sizes that can't be compared share a slot under a max") {
  std::vector<Tenant> tenants = {{0, 0, T * T * 64}, {1, 1, B * T * 64}};
  SizeExpr bytes = assignOffsets(tenants, sizes(8, 1024));
  CHECK(bytes.evaluate(sizes(8, 1024)) == 64 * 1024 * 1024);
  CHECK(bytes.evaluate(sizes(100, 3)) == 64 * 300);
}

TEST_CASE("offsets are multiples of 64 at every size") {
  std::vector<Tenant> tenants = {{0, 5, T * 4}, {0, 5, B * T * 2}, {0, 5, 1}, {0, 5, B}};
  SizeExpr bytes = assignOffsets(tenants, sizes(8, 1024));
  for (int64_t b : {1, 3, 64})
    for (int64_t t : {1, 17, 1000}) {
      CHECK(*bytes.evaluate(sizes(b, t)) % 64 == 0);
      for (const Tenant &tenant : tenants)
        CHECK(*tenant.offset.evaluate(sizes(b, t)) % 64 == 0);
    }
}

TEST_CASE(
    "random plans: what is live together never overlaps, and all lies inside, at sizes that were not the sample") {
  std::mt19937 random(7);
  auto below = [&](unsigned n) { return unsigned(random() % n); };
  for (int plan = 0; plan < 50; ++plan) {
    std::vector<Tenant> tenants;
    for (unsigned n = 2 + below(20); n > 0; --n) {
      unsigned begin = below(20);
      SizeExpr shapes[] = {T * 4, B * T * 4, B * 2, B * T * T * 4, SizeExpr(4)};
      tenants.push_back({begin, begin + below(4), shapes[below(5)] * SizeExpr(1 + below(50))});
    }
    SizeExpr bytes = assignOffsets(tenants, sizes(8, 1024));
    for (auto at : {sizes(1, 1), sizes(5, 3), sizes(2, 100), sizes(64, 7)})
      for (const Tenant &a : tenants) {
        int64_t end = *(a.offset + a.bytes).evaluate(at);
        CHECK(end <= *bytes.evaluate(at));
        for (const Tenant &b : tenants) {
          int64_t begin = *b.offset.evaluate(at);
          CHECK((&a == &b || !liveTogether(a, b) || end <= begin ||
                 *(b.offset + b.bytes).evaluate(at) <= *a.offset.evaluate(at)));
        }
      }
  }
}
