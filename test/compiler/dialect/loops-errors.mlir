// Every constraint of repeat, scan and route is named when it is broken.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

!x = tensor<8xf32, #heed.axes<8>>
func.func @empty(%x: !x) {
  // expected-error @+1 {{C1: the schedule is empty}}
  %y = heed.repeat schedule [] carries(%x : !x) {
  ^bb0(%t: i64, %h: !x):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @kind(%x: !x) {
  // expected-error @+1 {{C1: the schedule names kind 1 of 1}}
  %y = heed.repeat schedule [0, 1] carries(%x : !x) {
  ^bb0(%t: i64, %h: !x):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @unused(%x: !x) {
  // expected-error @+1 {{C1: the schedule never names kind 1}}
  %y = heed.repeat schedule [0] carries(%x : !x) {
  ^bb0(%t: i64, %h: !x):
    heed.yield %h : !x
  }, {
  ^bb0(%t: i64, %h: !x):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @yields(%x: !x) {
  // expected-error @+1 {{C2: 0 yields, but 1 carries}}
  %y = heed.repeat schedule [0] carries(%x : !x) {
  ^bb0(%t: i64, %h: !x):
    heed.yield
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @stack(%x: !x) {
  // expected-error @+1 {{C3: a stack of kind 0 has type 'tensor<8xf32, #heed.axes<8>>', whose first axis does not count its turns}}
  %y = heed.repeat schedule [0, 0] carries(%x : !x) stacks(%x of 0 : !x) {
  ^bb0(%t: i64, %h: !x, %w: tensor<f32, #heed.axes<>>):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @turns(%x: !x) {
  // expected-error @+1 {{C3: 1 rows of a stack for 2 turns}}
  %y = heed.repeat schedule [0, 0] carries(%x : !x) stacks(%x of 0 rows [3] : !x) {
  ^bb0(%t: i64, %h: !x, %w: tensor<f32, #heed.axes<>>):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @row(%x: !x) {
  // expected-error @+1 {{C3: row 7 of a stack of 8}}
  %y = heed.repeat schedule [0, 0] carries(%x : !x) stacks(%x of 0 rows [6, 7] : !x) {
  ^bb0(%t: i64, %h: !x, %w: tensor<2xf32, #heed.axes<2>>):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @arguments(%x: !x) {
  // expected-error @+1 {{C4: 1 region arguments, but 2 turn, carries and stacks}}
  %y = heed.repeat schedule [0] carries(%x : !x) {
  ^bb0(%h: !x):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @sequence(%x: !x) {
  // expected-error @+1 {{C1: a sequence has type 'tensor<8xf32, #heed.axes<8>>', whose first axis is not T}}
  %y = heed.scan <T> carries(%x : !x) sequences(%x : !x) {
  ^bb0(%h: !x, %s: tensor<f32, #heed.axes<>>):
    heed.yield %h : !x
  } : !x
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @collected(%x: !x) {
  // expected-error @+1 {{C2: 1 yields, but 2 results}}
  %y, %all = heed.scan <T> carries(%x : !x) sequences() {
  ^bb0(%h: !x):
    heed.yield %h : !x
  } : !x, tensor<?x8xf32, #heed.axes<T, 8>>
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @picks(%x: !x) {
  // expected-error @+1 {{C1: picks are integers, not 'f32'}}
  %y = heed.route %x : !x rows(%x : !x) stacks() {
  ^bb0(%row: tensor<f32, #heed.axes<>>):
    heed.yield %row : tensor<f32, #heed.axes<>>
  } : !x
  return
}

// -----

func.func @row(%x: tensor<8xi32, #heed.axes<8>>) {
  // expected-error @+1 {{C2: the region yields one row}}
  %y = heed.route %x : tensor<8xi32, #heed.axes<8>> rows() stacks() {
    heed.yield
  } : tensor<8xf32, #heed.axes<8>>
  return
}
