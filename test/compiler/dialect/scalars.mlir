// What stands in scalar regions: indices, sizes, draws, stops, casts.
// RUN: heed-opt %s | heed-opt | FileCheck %s

// CHECK: heed.index none
// CHECK: %[[T:.*]] = heed.at 1 : i64
// CHECK: %[[N:.*]] = heed.size <B*T> : i64
// CHECK: %[[U:.*]] = heed.draw gumbel site 7 (%[[T]], %[[N]], %[[T]], %[[N]]) : f32
// CHECK: %[[S:.*]] = heed.stop %[[U]] : f32
// CHECK: heed.round %[[S]] to bf16 : f32
func.func @scalars() {
  %y = heed.index none [b < B, t < T] () {
    %t = heed.at 1 : i64
    %n = heed.size <T * B> : i64
    %u = heed.draw gumbel site 7 (%t, %n, %t, %n) : f32
    %s = heed.stop %u : f32
    %r = heed.round %s to bf16 : f32
    heed.yield %r : f32
  } : () -> tensor<?x?xf32, #heed.axes<B, T>>
  return
}
