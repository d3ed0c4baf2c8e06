// RUN: heed-opt %s --heed-form-kernels | FileCheck %s
// RUN: heed-opt %s --heed-form-kernels --heed-form-kernels | FileCheck %s

heed.model @M digest "" precision "f32" {

// A contraction makes a kernel `contract`, other index ops `rows`, named by what they give; names are unique within the model. What the body
// captures is an operand, constants of scalars move in, constants of tensors stay. Ops stand in their order within, what is read outside is a result.
// CHECK-LABEL: heed.entry @f
heed.entry @f(%x: tensor<?x8xf32, #heed.axes<T, 8>> {heed.input = "x"}, %w: tensor<8x4xf32, #heed.axes<8, 4>> {heed.input = "w"})
    -> (tensor<?x4xf32, #heed.axes<T, 4>> {heed.result = "y"}) attributes {sizes = ["T"]} {
  // CHECK: %[[bias:.*]] = arith.constant dense
  %bias = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32, #heed.axes<4>>
  %half = arith.constant 0.5 : f32
  // CHECK-NEXT: %[[h:.*]] = heed.kernel @h contract (%x, %w, %[[bias]]) {
  // CHECK-NEXT: ^bb0(%[[a:.*]]: tensor<?x8xf32, {{.*}}>, %[[b:.*]]: tensor<8x4xf32, {{.*}}>, %[[c:.*]]: tensor<4xf32, {{.*}}>):
  // CHECK-NEXT: arith.constant 5.000000e-01
  // CHECK-NEXT: %[[in:.*]] = heed.index sum contraction [t < T, o < 4 | i < 8] (%[[a]][t, i], %[[b]][i, o])
  %h = heed.index sum contraction [t < T, o < 4 | i < 8] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>, tensor<8x4xf32, #heed.axes<8, 4>>) -> tensor<?x4xf32, #heed.axes<T, 4>> loc("h")
  // CHECK: %[[out:.*]] = heed.index none pointwise [t < T, o < 4] (%[[in]][t, o], %[[c]][o])
  // CHECK: heed.yield %[[out]]
  %y = heed.index none pointwise [t < T, o < 4] (%h[t, o], %bias[o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.addf %0, %1 : f32
    %3 = arith.mulf %2, %half : f32
    heed.yield %3 : f32
  } : (tensor<?x4xf32, #heed.axes<T, 4>>, tensor<4xf32, #heed.axes<4>>) -> tensor<?x4xf32, #heed.axes<T, 4>> loc("h")
  // CHECK: heed.return %[[h]]
  heed.return %y : tensor<?x4xf32, #heed.axes<T, 4>>
}

// An attend is one kernel with all that its terms read.
// CHECK-LABEL: heed.entry @attention
// CHECK: heed.kernel @attend attend (%q, %k, %v) {
// CHECK-NEXT: ^bb0(%[[q:.*]]: tensor<?x4xf32, {{.*}}>, %[[k:.*]]: tensor<?x4xf32, {{.*}}>, %[[v:.*]]: tensor<?x4xf32, {{.*}}>):
// CHECK-NEXT: heed.attend [i < T, d < 4 | j < T] where (i >= j) score {
// CHECK-NEXT: heed.index sum contraction [| e < 4] within [i, d, j] (%[[q]][i, e], %[[k]][j, e])
heed.entry @attention(%q: tensor<?x4xf32, #heed.axes<T, 4>> {heed.input = "q"}, %k: tensor<?x4xf32, #heed.axes<T, 4>> {heed.input = "k"},
                      %v: tensor<?x4xf32, #heed.axes<T, 4>> {heed.input = "v"}) -> (tensor<?x4xf32, #heed.axes<T, 4>> {heed.result = "y"})
    attributes {sizes = ["T"]} {
  %y = heed.attend [i < T, d < 4 | j < T] where (j <= i) score {
    %s = heed.index sum contraction [| e < 4] within [i, d, j] (%q[i, e], %k[j, e]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.mulf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<?x4xf32, #heed.axes<T, 4>>, tensor<?x4xf32, #heed.axes<T, 4>>) -> f32
    heed.yield %s : f32
  } value {
    %u = heed.index none pointwise [] within [i, d, j] (%v[j, d]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?x4xf32, #heed.axes<T, 4>>) -> f32
    heed.yield %u : f32
  } weights {
  ^bb0(%row: tensor<?xf32, #heed.axes<T>>):
    heed.yield %row : tensor<?xf32, #heed.axes<T>>
  } : tensor<?x4xf32, #heed.axes<T, 4>>
  heed.return %y : tensor<?x4xf32, #heed.axes<T, 4>>
}

// What is passed on is copied, so that each value that leaves is a kernel's own: an input, a carry, and what leaves twice; but not what a kernel
// of the same region made.
// CHECK-LABEL: heed.entry @pass
// CHECK: %[[r:.*]]:2 = heed.repeat
// CHECK-NEXT: ^bb0(%{{.*}}: i64, %[[a:.*]]: tensor<4xf32, {{.*}}>, %[[b:.*]]: tensor<4xf32, {{.*}}>):
// CHECK: %[[k:.*]] = heed.kernel @rows rows (%[[b]])
// CHECK: %[[c:.*]] = heed.kernel @rows_1 rows (%[[a]])
// CHECK: heed.yield %[[k]], %[[c]]
// CHECK: %[[c0:.*]] = heed.kernel @rows_2 rows (%[[r]]#0)
// CHECK-NEXT: ^bb0(%[[from:.*]]: tensor<4xf32, #heed.axes<4>>):
// CHECK-NEXT: heed.index none pointwise [i0 < 4] (%[[from]][i0]) {
// CHECK-NEXT: ^bb0(%[[e:.*]]: f32):
// CHECK-NEXT: heed.yield %[[e]] : f32
// CHECK: %[[c1:.*]] = heed.kernel @rows_3 rows (%[[r]]#0)
// CHECK: %[[c2:.*]] = heed.kernel @rows_4 rows (%x)
// CHECK: heed.return %[[c0]], %[[c1]], %[[c2]]
heed.entry @pass(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"})
    -> (tensor<4xf32, #heed.axes<4>> {heed.result = "p"}, tensor<4xf32, #heed.axes<4>> {heed.result = "q"}, tensor<4xf32, #heed.axes<4>> {heed.result = "r"})
    attributes {sizes = []} {
  %r:2 = heed.repeat schedule [0, 0, 0] carries(%x : tensor<4xf32, #heed.axes<4>>, %x : tensor<4xf32, #heed.axes<4>>) {
  ^bb0(%turn: i64, %a: tensor<4xf32, #heed.axes<4>>, %b: tensor<4xf32, #heed.axes<4>>):
    %k = heed.index none pointwise [i < 4] (%b[i]) {
    ^bb0(%0: f32):
      %1 = math.exp %0 : f32
      heed.yield %1 : f32
    } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    heed.yield %k, %a : tensor<4xf32, #heed.axes<4>>, tensor<4xf32, #heed.axes<4>>
  } : tensor<4xf32, #heed.axes<4>>, tensor<4xf32, #heed.axes<4>>
  heed.return %r#0, %r#0, %x : tensor<4xf32, #heed.axes<4>>, tensor<4xf32, #heed.axes<4>>, tensor<4xf32, #heed.axes<4>>
}

// A kernel that draws takes the turn.
// CHECK-LABEL: heed.entry @noise
// CHECK: ^bb0(%[[turn:.*]]: i64, %[[a:.*]]: tensor<4xf32
// CHECK: heed.kernel @rows_5 rows (%[[a]], %[[turn]])
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<4xf32, #heed.axes<4>>, %[[inner:.*]]: i64):
// CHECK: heed.draw normal site 7 (%{{.*}}, %{{.*}}, %{{.*}}, %[[inner]])
heed.entry @noise(%x: tensor<4xf32, #heed.axes<4>> {heed.input = "x"}) -> (tensor<4xf32, #heed.axes<4>> {heed.result = "y"}) attributes {sizes = []} {
  %r = heed.repeat schedule [0, 0] carries(%x : tensor<4xf32, #heed.axes<4>>) {
  ^bb0(%turn: i64, %a: tensor<4xf32, #heed.axes<4>>):
    %zero = arith.constant 0 : i64
    %k = heed.index none pointwise [i < 4] (%a[i]) {
    ^bb0(%0: f32):
      %i = heed.at 0 : i64
      %1 = heed.draw normal site 7 (%zero, %zero, %i, %turn) : f32
      %2 = arith.addf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<4xf32, #heed.axes<4>>) -> tensor<4xf32, #heed.axes<4>>
    heed.yield %k : tensor<4xf32, #heed.axes<4>>
  } : tensor<4xf32, #heed.axes<4>>
  heed.return %r : tensor<4xf32, #heed.axes<4>>
}
}
