// RUN: heed-opt %s --heed-place --heed-verify-kernels --split-input-file | FileCheck %s

// Slots are shared by values that are never live together: `d` is written when `b` has been read for the last time, and is no larger. `b` is written over
// `a`, whose points it reads each for its own; `c` is not, which reads a whole row, nor is
// `d` over `c`, which it reads backwards. Slots begin at multiples of 64 bytes. What is returned lies in the caller's buffer.
// CHECK-LABEL: heed.entry @chain
// CHECK-SAME: arena_bytes = #heed.size<64*T - 64*floor(T/2) + 64*ceil(T/16)>
// CHECK: heed.kernel @a
// CHECK: places [#heed.place<arena, offset = 0, bytes = 32*T>]
// CHECK: heed.kernel @b
// CHECK: places [#heed.place<arena, offset = 0, bytes = 32*T>]
// CHECK: heed.kernel @c
// CHECK: places [#heed.place<arena, offset = 64*T - 64*floor(T/2), bytes = 4*T>]
// CHECK: heed.kernel @d
// CHECK: places [#heed.place<arena, offset = 0, bytes = 4*T>]
// CHECK: heed.kernel @y
// CHECK: places [#heed.place<output 0, bytes = 4*T>]
heed.model @M digest "" precision "f32" {
  heed.entry @chain(%x: tensor<?x8xf32, #heed.axes<T, 8>> {heed.input = "x"}) -> (tensor<?xf32, #heed.axes<T>> {heed.result = "y"}) attributes {sizes = ["T"]} {
    %a = heed.kernel @a rows (%x) {
    ^bb0(%arg0: tensor<?x8xf32, #heed.axes<T, 8>>):
      %a_0 = heed.index none pointwise [t < T, i < 8] (%arg0[t, i]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
      heed.yield %a_0 : tensor<?x8xf32, #heed.axes<T, 8>>
    } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
    %b = heed.kernel @b rows (%a) {
    ^bb0(%arg0: tensor<?x8xf32, #heed.axes<T, 8>>):
      %b_0 = heed.index none pointwise [t < T, i < 8] (%arg0[t, i]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
      heed.yield %b_0 : tensor<?x8xf32, #heed.axes<T, 8>>
    } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
    %c = heed.kernel @c rows (%b) {
    ^bb0(%arg0: tensor<?x8xf32, #heed.axes<T, 8>>):
      %c_0 = heed.index sum row [t < T | i < 8] (%arg0[t, i]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?xf32, #heed.axes<T>>
      heed.yield %c_0 : tensor<?xf32, #heed.axes<T>>
    } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?xf32, #heed.axes<T>>
    %d = heed.kernel @d rows (%c) {
    ^bb0(%arg0: tensor<?xf32, #heed.axes<T>>):
      %d_0 = heed.index none pointwise [t < T] symbols [T] (%arg0[T - t - 1]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
      heed.yield %d_0 : tensor<?xf32, #heed.axes<T>>
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
    %y = heed.kernel @y rows (%d) {
    ^bb0(%arg0: tensor<?xf32, #heed.axes<T>>):
      %y_0 = heed.index none pointwise [t < T] (%arg0[t]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
      heed.yield %y_0 : tensor<?xf32, #heed.axes<T>>
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
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
  heed.entry @views(%x: tensor<?xf32, #heed.axes<T>> {heed.input = "x"}) -> (tensor<?xf32, #heed.axes<T>> {heed.result = "y"}, tensor<?xf32, #heed.axes<T>> {heed.result = "b"}) attributes {sizes = ["T"]} {
    %a = heed.kernel @a rows (%x) {
    ^bb0(%arg0: tensor<?xf32, #heed.axes<T>>):
      %a_0 = heed.index none pointwise [t < T, i < 2] (%arg0[t]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?x2xf32, #heed.axes<T, 2>>
      heed.yield %a_0 : tensor<?x2xf32, #heed.axes<T, 2>>
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?x2xf32, #heed.axes<T, 2>>
    %0 = heed.reshape %a : tensor<?x2xf32, #heed.axes<T, 2>> -> tensor<?xf32, #heed.axes<2*T>>
    %b = heed.kernel @b rows (%x) {
    ^bb0(%arg0: tensor<?xf32, #heed.axes<T>>):
      %b_0 = heed.index none pointwise [t < T] (%arg0[t]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
      heed.yield %b_0 : tensor<?xf32, #heed.axes<T>>
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
    %c = heed.kernel @c rows (%b) {
    ^bb0(%arg0: tensor<?xf32, #heed.axes<T>>):
      %c_0 = heed.index none pointwise [t < T] (%arg0[t]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
      heed.yield %c_0 : tensor<?xf32, #heed.axes<T>>
    } : (tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
    %y = heed.kernel @y rows (%0, %c) {
    ^bb0(%arg0: tensor<?xf32, #heed.axes<2*T>>, %arg1: tensor<?xf32, #heed.axes<T>>):
      %y_0 = heed.index none pointwise [t < T] (%arg0[t], %arg1[t]) {
      ^bb0(%arg2: f32, %arg3: f32):
        heed.yield %arg2 : f32
      } : (tensor<?xf32, #heed.axes<2*T>>, tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
      heed.yield %y_0 : tensor<?xf32, #heed.axes<T>>
    } : (tensor<?xf32, #heed.axes<2*T>>, tensor<?xf32, #heed.axes<T>>) -> tensor<?xf32, #heed.axes<T>>
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
  heed.entry @layers(%x: tensor<?x8xf32, #heed.axes<T, 8>> {heed.input = "x"}) -> (tensor<?x8xf32, #heed.axes<T, 8>> {heed.result = "y"}) attributes {sizes = ["T"]} {
    %before = heed.kernel @before rows (%x) {
    ^bb0(%arg0: tensor<?x8xf32, #heed.axes<T, 8>>):
      %before_0 = heed.index none pointwise [t < T, i < 8] (%arg0[t, i]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
      heed.yield %before_0 : tensor<?x8xf32, #heed.axes<T, 8>>
    } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
    %0 = heed.repeat schedule [0, 0, 0] carries(%before : tensor<?x8xf32, #heed.axes<T, 8>>) {
    ^bb0(%arg0: i64, %arg1: tensor<?x8xf32, #heed.axes<T, 8>>):
      %h = heed.kernel @h rows (%arg1) {
      ^bb0(%arg2: tensor<?x8xf32, #heed.axes<T, 8>>):
        %h_0 = heed.index none pointwise [t < T, i < 8] (%arg2[t, i]) {
        ^bb0(%arg3: f32):
          heed.yield %arg3 : f32
        } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
        heed.yield %h_0 : tensor<?x8xf32, #heed.axes<T, 8>>
      } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
      %next = heed.kernel @next rows (%h, %arg1) {
      ^bb0(%arg2: tensor<?x8xf32, #heed.axes<T, 8>>, %arg3: tensor<?x8xf32, #heed.axes<T, 8>>):
        %next_0 = heed.index none pointwise [t < T, i < 8] (%arg2[t, i], %arg3[t, i]) {
        ^bb0(%arg4: f32, %arg5: f32):
          %1 = arith.addf %arg4, %arg5 : f32
          heed.yield %1 : f32
        } : (tensor<?x8xf32, #heed.axes<T, 8>>, tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
        heed.yield %next_0 : tensor<?x8xf32, #heed.axes<T, 8>>
      } : (tensor<?x8xf32, #heed.axes<T, 8>>, tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
      heed.yield %next : tensor<?x8xf32, #heed.axes<T, 8>>
    } : tensor<?x8xf32, #heed.axes<T, 8>>
    %after = heed.kernel @after rows (%0) {
    ^bb0(%arg0: tensor<?x8xf32, #heed.axes<T, 8>>):
      %after_0 = heed.index none pointwise [t < T, i < 8] (%arg0[t, i]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
      heed.yield %after_0 : tensor<?x8xf32, #heed.axes<T, 8>>
    } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
    %y = heed.kernel @y rows (%after) {
    ^bb0(%arg0: tensor<?x8xf32, #heed.axes<T, 8>>):
      %y_0 = heed.index none pointwise [t < T, i < 8] (%arg0[t, i]) {
      ^bb0(%arg1: f32):
        heed.yield %arg1 : f32
      } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
      heed.yield %y_0 : tensor<?x8xf32, #heed.axes<T, 8>>
    } : (tensor<?x8xf32, #heed.axes<T, 8>>) -> tensor<?x8xf32, #heed.axes<T, 8>>
    heed.return %y : tensor<?x8xf32, #heed.axes<T, 8>>
  }
}
