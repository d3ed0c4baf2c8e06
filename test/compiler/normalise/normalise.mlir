// RUN: heed-opt %s --heed-normalise | FileCheck %s
// RUN: heed-opt %s --heed-normalise --heed-normalise | FileCheck %s

heed.model @M digest "" precision "f32" {

// An axis that was merged and split again is read as it is.
// CHECK-LABEL: heed.entry @heads
// CHECK: heed.index none pointwise [h < 4, d < 8] (%x[h, d])
heed.entry @heads(%x: tensor<4x8xf32, #heed.axes<4, 8>> {heed.input = "x"}) -> (tensor<4x8xf32, #heed.axes<4, 8>> {heed.result = "y"})
    attributes {sizes = []} {
  %y = heed.index none [h < 4, d < 8] (%x[(h * 8 + d) floordiv 8, (h * 8 + d) mod 8]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4x8xf32, #heed.axes<4, 8>>) -> tensor<4x8xf32, #heed.axes<4, 8>>
  heed.return %y : tensor<4x8xf32, #heed.axes<4, 8>>
}

// Quotient and remainder put together again are the index; the rest of the sum stays.
// CHECK-LABEL: heed.entry @join
// CHECK: heed.index none pointwise [i < 24] (%x[i + 8])
heed.entry @join(%x: tensor<32xf32, #heed.axes<32>> {heed.input = "x"}) -> (tensor<24xf32, #heed.axes<24>> {heed.result = "y"})
    attributes {sizes = []} {
  %y = heed.index none [i < 24] (%x[(i floordiv 8) * 8 + 8 + i mod 8]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<32xf32, #heed.axes<32>>) -> tensor<24xf32, #heed.axes<24>>
  heed.return %y : tensor<24xf32, #heed.axes<24>>
}

// Grouped heads: what the group's size divides leaves the quotient, and the head within the group is less than that size.
// CHECK-LABEL: heed.entry @group
// CHECK: heed.index none pointwise [b < B, g < 4, r < 2] (%x[b, g])
heed.entry @group(%x: tensor<?x4xf32, #heed.axes<B, 4>> {heed.input = "x"}) -> (tensor<?x4x2xf32, #heed.axes<B, 4, 2>> {heed.result = "y"})
    attributes {sizes = ["B"]} {
  %y = heed.index none [b < B, g < 4, r < 2] (%x[b, (g * 2 + r) floordiv 2]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x4xf32, #heed.axes<B, 4>>) -> tensor<?x4x2xf32, #heed.axes<B, 4, 2>>
  heed.return %y : tensor<?x4x2xf32, #heed.axes<B, 4, 2>>
}

// An index that is always 0 is no index; a guard that always holds is none, one that may fail stays.
// CHECK-LABEL: heed.entry @guards
// CHECK: heed.index none pointwise [r < 1, i < 8] (%x[0, i], %x[0, i - 1] if (i >= 1))
heed.entry @guards(%x: tensor<1x8xf32, #heed.axes<1, 8>> {heed.input = "x"}) -> (tensor<1x8xf32, #heed.axes<1, 8>> {heed.result = "y"})
    attributes {sizes = []} {
  %y = heed.index none [r < 1, i < 8] (%x[r, i] if (i < 8, i >= 0), %x[r, i - 1] if (i - 1 >= 0)) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.addf %0, %1 : f32
    heed.yield %2 : f32
  } : (tensor<1x8xf32, #heed.axes<1, 8>>) -> tensor<1x8xf32, #heed.axes<1, 8>>
  heed.return %y : tensor<1x8xf32, #heed.axes<1, 8>>
}

// Equal accesses are one, unread ones none, and data keeps its access: the table is read through what was the third.
// CHECK-LABEL: heed.entry @prune

// CHECK: heed.index none pointwise [t < T, d < 4] (%tokens[t], %table[data$0, d]) {
// CHECK-NEXT: ^bb0(%{{.*}}: i64, %[[row:.*]]: f32):
// CHECK-NEXT: arith.mulf %[[row]], %[[row]]
heed.entry @prune(%tokens: tensor<?xi32, #heed.axes<T>> {heed.input = "tokens"}, %other: tensor<?xf32, #heed.axes<T>> {heed.input = "other"},
                  %table: tensor<9x4xf32, #heed.axes<9, 4>> {heed.input = "table"})
    -> (tensor<?x4xf32, #heed.axes<T, 4>> {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.index none [t < T, d < 4] (%other[t], %tokens[t], %tokens[t], %table[data$1, d], %table[data$2, d]) {
  ^bb0(%0: f32, %1: i64, %2: i64, %3: f32, %4: f32):
    %5 = arith.mulf %3, %4 : f32
    heed.yield %5 : f32
  } : (tensor<?xf32, #heed.axes<T>>, tensor<?xi32, #heed.axes<T>>, tensor<9x4xf32, #heed.axes<9, 4>>) -> tensor<?x4xf32, #heed.axes<T, 4>>
  heed.return %y : tensor<?x4xf32, #heed.axes<T, 4>>
}

// What nobody reads is not computed.
// CHECK-LABEL: heed.entry @dead
// CHECK-NOT: heed.index
// CHECK: heed.return
heed.entry @dead(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"})
    attributes {sizes = []} {
  %a = heed.index none [i < 4] (%x[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
  %b = heed.index none [i < 4] (%a[i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
  heed.return %x : tensor<4xf32, #heed.axes<4>>
}
}
