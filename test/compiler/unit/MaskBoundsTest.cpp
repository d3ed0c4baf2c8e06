// Mask bounds against looking at every pair: never too tight, and exact for the masks that models use.
#include "Masks.h"

#include <chrono>

using namespace heed;
using namespace heed::test;
using namespace mlir;

namespace {

const std::string affineMasks[] = {
    "(d1 + s0 - d2)",                                                   // causal
    "(d1 - d2)",                                                        // causal without the past
    "(d2 - d1 - s0)",                                                   // from the row on
    "(d1 + s0 - d2 - 1)",                                               // strictly causal: the first row may be empty
    "(d1 + s0 - d2, d2 - d1 - s0 + 19)",                                // sliding window
    "(d1 + s0 - d2 + 19, d2 - d1 - s0 + 19)",                           // window to both sides
    "(d1 + s0 - d2, d2 - d1 - s0 + 19) or (d1 + s0 - d2, -d2 + 2)",     // window and sinks
    "(d1 + s0 - d2, -d2 + s0 - 1) or (d1 + s0 - d2, d2 - d1 - s0 + 4)", // prefix by size, and window
    "(s0 - 1 - d2) or (d1 + s0 - d2)",                                  // prefix by size, or causal
    "(-d2 + 20) or (d1 + s0 - d2)",                                     // prefix by number, or causal
    "(d1 + s0 - d2 - 30)",                                              // far apart
    "(d1 + s0 - d2 = 0)",                                               // the diagonal
    "(d1 + s0 - d2 = 0) or (d2 = 0)",                                   // the diagonal and the first key
    "(d1 + s0 - d2, d2 - d1 - s0 + 4) or (d1 + s0 - d2, -d2 + 2) or (s0 - 30 - d2)", // windows, sinks, prefix
    "(d1 - d2 + d0)",                                                                // another index takes part
    "(0 = 0)",                                                                       // everything
    "(d2)",                                                                          // everything, and says so
    "(s0 - 16)",                                                                     // sizes alone
    "(-1)",                                                                          // nothing
};

struct Counts {
  int64_t visited = 0, needed = 0, masked = 0, neededMasked = 0, faults = 0;
};

/// Faults: a block that is needed and not visited, or would have to be masked and isn't.
Counts compare(const Mask &mask) {
  Bounds bounds = maskBounds(mask.ask);
  Counts counts;
  mask.everywhere([&](const At &at) {
    std::vector<Visit> visits = mask.bounded(bounds, at), needed = mask.needed(at);
    counts.visited += visits.size(), counts.needed += needed.size();
    counts.masked += llvm::count_if(visits, [](Visit v) { return v.masked; });
    counts.neededMasked += llvm::count_if(needed, [](Visit v) { return v.masked; });
    for (Visit wanted : needed)
      counts.faults += llvm::none_of(
          visits, [&](Visit found) { return found.block == wanted.block && found.masked >= wanted.masked; });
  });
  return counts;
}

} // namespace

TEST_CASE("masks that compare row and key, or one of them, with sizes and constants are exact") {
  Context context;
  for (const std::string &text : affineMasks)
    for (bool transposed : {false, true})
      for (bool padded : {false, true}) {
        Mask mask(context, text, 8, 16, transposed);
        mask.ask.padded = padded;
        CAPTURE(text);
        CAPTURE(transposed);
        CAPTURE(padded);
        Counts counts = compare(mask);
        CHECK(counts.faults == 0);
        CHECK(counts.visited == counts.needed);
        CHECK(counts.masked == counts.neededMasked);
      }
}

TEST_CASE("random masks: never a block too few, at any block sizes") {
  Context context;
  std::mt19937 random(3);
  Counts all;
  for (int n = 0; n < 150; ++n) {
    int64_t blocks[] = {1, 4, 8, 16};
    Mask mask(context, randomCondition(random), blocks[random() % 4], blocks[random() % 4], random() % 2);
    mask.ask.padded = random() % 2;
    CAPTURE(mask.text);
    Counts counts = compare(mask);
    CHECK(counts.faults == 0);
    all.visited += counts.visited, all.needed += counts.needed;
    all.masked += counts.masked, all.neededMasked += counts.neededMasked;
  }
  CHECK(all.visited < 1.5 * all.needed);
  CHECK(all.masked < 4 * all.neededMasked);
}

TEST_CASE("random differences of row and key are exact") {
  Context context;
  std::mt19937 random(4);
  for (int n = 0; n < 150; ++n) {
    int64_t blocks[] = {1, 4, 8, 16};
    Mask mask(context, randomDifferences(random), blocks[random() % 4], blocks[random() % 4], random() % 2);
    CAPTURE(mask.text);
    Counts counts = compare(mask);
    CHECK(counts.faults == 0);
    CHECK(counts.visited == counts.needed);
    CHECK(counts.masked == counts.neededMasked);
  }
}

TEST_CASE("random masks of many comparisons, and of large numbers: never a block too few, never long") {
  Context context;
  std::mt19937 random(5);
  for (int n = 0; n < 60; ++n) {
    std::string text = randomCondition(random, 4, 9);
    if (n % 3 == 0)
      text = "(d1 * 2147483647 + d2, d1 - d2 + 9223372036854775807) or " + text;
    Mask mask(context, text);
    CAPTURE(text);
    auto begin = std::chrono::steady_clock::now();
    maskBounds(mask.ask);
    std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    CHECK(time.count() < 200);
    CHECK(compare(mask).faults == 0);
  }
}

TEST_CASE("an index that runs within a block counts with all of its values") {
  Context context;
  Mask mask(context, "(d1 + s0 - d2 - 10 * d0)");
  mask.ask.inner = {0};
  Bounds bounds = maskBounds(mask.ask);
  mask.everywhere([&](At at) {
    std::vector<Visit> visits = mask.bounded(bounds, at);
    for (at.batch = 0; at.batch != 2; ++at.batch)
      for (Visit wanted : mask.needed(at))
        CHECK(llvm::any_of(visits, [&](Visit v) { return v.block == wanted.block && v.masked >= wanted.masked; }));
  });
}

TEST_CASE("a negation that would explode breaks every block, and stays right") {
  Context context;
  std::string text;
  for (int n = 0; n < 6; ++n)
    text += (n ? " or " : "") + std::string("(d1 - d2 - ") + std::to_string(9 * n) + ", d2 - d1 + " +
            std::to_string(9 * n + 3) + ")";
  Mask mask(context, text);
  CHECK(maskBounds(mask.ask).alwaysBroken());
  CHECK(compare(mask).faults == 0);
}
