// Every constraint of heed.index on its region, its results and its sizes is named when it is broken.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

!x = tensor<?xbf16, #heed.axes<T>>
func.func @yield(%x: !x) {
  // expected-error @+1 {{C5: the region yields 'i64', but an element of the result is 'f32'}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: f32):
    %1 = arith.constant 0 : i64
    heed.yield %1 : i64
  } : (!x) -> !x
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @condition(%x: !x) {
  // expected-error @+1 {{C5: the region yields the element, then at most an i1}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0, %0 : f32, f32
  } : (!x) -> !x
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @axes(%x: !x) {
  // expected-error @+1 {{C6: a result has type 'tensor<?xf32, #heed.axes<B>>', its axes make it 'tensor<?xf32, #heed.axes<T>>'}}
  %y = heed.index none [t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<?xf32, #heed.axes<B>>
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @scalar(%x: !x) {
  // expected-error @+1 {{C6: a scalar result needs enclosing indices}}
  %y = heed.index sum [| t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> f32
  return
}

// -----

!x = tensor<?x8xf32, #heed.axes<T, 8>>
func.func @argmax(%x: !x) {
  // expected-error @+1 {{C7: 1 results, not 2}}
  %y = heed.index argmax [| t < T, i < 8] (%x[t, i]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<i32, #heed.axes<>>
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
func.func @position(%x: !x) {
  // expected-error @+1 {{C7: argmax gives i32 or i64, not 'f32'}}
  %y = heed.index argmax [| t < T] (%x[t]) {
  ^bb0(%0: f32):
    heed.yield %0 : f32
  } : (!x) -> tensor<f32, #heed.axes<>>
  return
}

// -----

!x = tensor<?xf32, #heed.axes<T>>
heed.model @M digest "" precision "f32" {
  heed.entry @f(%x: !x {heed.input = "x"}) -> () attributes {sizes = ["T"]} {
    // expected-error @+1 {{C9: size `B` is none of the entry's}}
    %y = heed.index sum [t < T | b < B] (%x[t]) {
    ^bb0(%0: f32):
      heed.yield %0 : f32
    } : (!x) -> !x
    heed.return
  }
}
