// RUN: heed-opt %s --heed-form-kernels --heed-place --heed-verify-kernels --split-input-file | FileCheck %s

// Slots are shared by values that are never live together: `c` is written when `a` has been read for the last time, and is no larger. Slots begin at
// multiples of 64 bytes. What is returned lies in the caller's buffer.
// CHECK-LABEL: heed.entry @chain
// CHECK-SAME: arena_bytes = #heed.size<128*T - 128*floor(T/2)>
// CHECK: heed.kernel @a
// CHECK: places [#heed.place<arena, offset = 0, bytes = 32*T>]
// CHECK: heed.kernel @b
// CHECK: places [#heed.place<arena, offset = 64*T - 64*floor(T/2), bytes = 32*T>]
// CHECK: heed.kernel @c
// CHECK: places [#heed.place<arena, offset = 0, bytes = 4*T>]
// CHECK: heed.kernel @y
// CHECK: places [#heed.place<output 0, bytes = 4*T>]
heed.model @M digest "" precision "f32" {
heed.entry @chain(%x: tensor<?x8xf32, #heed.axes<T, 8>> {heed.input = "x"}) -> (tensor<?xf32, #heed.axes<T>> {heed.result = "y"}) attributes {sizes = ["T"]} {
  %a = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>> loc("a")
  %b = heed.index none pointwise [t < T, i < 8] (%a[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>> loc("b")
  %c = heed.index sum row [t < T | i < 8] (%b[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?xf32, #heed.axes<T>> loc("c")
  %y = heed.index none pointwise [t < T] (%c[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>> loc("y")
  heed.return %y : tensor<?xf32, #heed.axes<T>>
}
}

// -----

// A reshape is the same memory: `a` is live until its reshape is read. A result is read from the caller's buffer.
// CHECK-LABEL: heed.entry @views
// CHECK: heed.kernel @a
// CHECK: places [#heed.place<arena, offset = 0, bytes = 8*T>]
// CHECK: heed.kernel @b
// CHECK: places [#heed.place<output 1, bytes = 4*T>]
// CHECK: heed.kernel @c
// CHECK: places [#heed.place<arena, offset = 64*ceil(T/8), bytes = 4*T>]
// CHECK: heed.kernel @y
// CHECK: places [#heed.place<output 0, bytes = 4*T>]
heed.model @M digest "" precision "f32" {
heed.entry @views(%x: tensor<?xf32, #heed.axes<T>> {heed.input = "x"}) 
    -> (tensor<?xf32, #heed.axes<T>> {heed.result = "y"}, tensor<?xf32, #heed.axes<T>> {heed.result = "b"}) attributes {sizes = ["T"]} {
  %a = heed.index none pointwise [t < T, i < 2] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?x2xf32, #heed.axes<T, 2>> loc("a")
  %view = heed.reshape %a : tensor<?x2xf32, #heed.axes<T, 2>> -> tensor<?xf32, #heed.axes<2 * T>>
  %b = heed.index none pointwise [t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>> loc("b")
  %c = heed.index none pointwise [t < T] (%b[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>> loc("c")
  %y = heed.index none pointwise [t < T] (%view[t], %c[t]) {
  ^bb0(%0: f32, %1: f32):
    heed.yield %0 : f32
  } : (tensor<?xf32, #heed.axes<2 * T>>, tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>> loc("y")
  heed.return %y, %b : tensor<?xf32, #heed.axes<T>>, tensor<?xf32, #heed.axes<T>>
}
}

// -----

// A repeat has two buffers per carry, and one arena for a turn; of three turns the last writes buffer 0, which is live until the result is read, so that
// `after` shares the memory of `before`, which is free by then. Within the body, places are relative to the turn's arena.
// CHECK-LABEL: heed.entry @layers
// CHECK: heed.kernel @before
// CHECK: places [#heed.place<arena, offset = 0, bytes = 32*T>]
// CHECK: heed.repeat schedule [0, 0, 0]
// CHECK-SAME: inner #heed.place<arena, offset = {{.*}}, bytes = 64*T - 64*floor(T/2)> places [#heed.place<arena, offset = {{.*}}, bytes = 32*T>, #heed.place<arena, offset = {{.*}}, bytes = 32*T>]
// CHECK: heed.kernel @h
// CHECK: places [#heed.place<inner, offset = 0, bytes = 32*T>]
// CHECK: heed.kernel @next
// CHECK: places [#heed.place<next 0, bytes = 32*T>]
// CHECK: heed.kernel @after
// CHECK: places [#heed.place<arena, offset = 0, bytes = 32*T>]
// CHECK: heed.kernel @y
// CHECK: places [#heed.place<output 0, bytes = 32*T>]
heed.model @M digest "" precision "f32" {
heed.entry @layers(%x: tensor<?x8xf32, #heed.axes<T, 8>> {heed.input = "x"}) -> (tensor<?x8xf32, #heed.axes<T, 8>> {heed.result = "y"})
    attributes {sizes = ["T"]} {
  %before = heed.index none pointwise [t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>> loc("before")
  %r = heed.repeat schedule [0, 0, 0] carries(%before : tensor<?x8xf32, #heed.axes<T, 8>>) {
  ^bb0(%turn: i64, %a: tensor<?x8xf32, #heed.axes<T, 8>>):
    %h = heed.index none pointwise [t < T, i < 8] (%a[t, i]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>> loc("h")
    %next = heed.index none pointwise [t < T, i < 8] (%h[t, i], %a[t, i]) {
    ^bb0(%0: f32, %1: f32):
      %2 = arith.addf %0, %1 : f32
      heed.yield %2 : f32
    } : (tensor<?x8xf32, #heed.axes<T, 8>>, tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>> loc("next")
    heed.yield %next : tensor<?x8xf32, #heed.axes<T, 8>>
  } : tensor<?x8xf32, #heed.axes<T, 8>>
  %after = heed.index none pointwise [t < T, i < 8] (%r[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>> loc("after")
  %y = heed.index none pointwise [t < T, i < 8] (%after[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>> loc("y")
  heed.return %y : tensor<?x8xf32, #heed.axes<T, 8>>
}
}
