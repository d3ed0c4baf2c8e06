// Every constraint of reshape, round, sort and kernel is named when it is broken.
// RUN: heed-opt %s -verify-diagnostics -split-input-file

func.func @elements(%x: tensor<?x8xf32, #heed.axes<B, 8>>) {
  // expected-error @+1 {{C1: 8*B elements become 8*T}}
  %y = heed.reshape %x : tensor<?x8xf32, #heed.axes<B, 8>> -> tensor<?xf32, #heed.axes<8*T>>
  return
}

// -----

func.func @element(%x: tensor<?x8xf32, #heed.axes<B, 8>>) {
  // expected-error @+1 {{C2: elements of 'f32' become 'bf16'}}
  %y = heed.reshape %x : tensor<?x8xf32, #heed.axes<B, 8>> -> tensor<?xbf16, #heed.axes<8*B>>
  return
}

// -----

func.func @rounds(%x: f32) {
  // expected-error @+1 {{C1: rounds to bf16 or f16, not to 'f32'}}
  %y = heed.round %x to f32 : f32
  return
}

// -----

func.func @count(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{C1: values has type 'tensor<3xf32, #heed.axes<3>>', its axes make it 'tensor<2xf32, #heed.axes<2>>'}}
  %v, %p = heed.sort %x best <2> : tensor<8xf32, #heed.axes<8>> -> tensor<3xf32, #heed.axes<3>>, tensor<2xi32, #heed.axes<2>>
  return
}

// -----

func.func @positions(%x: tensor<8xf32, #heed.axes<8>>) {
  // expected-error @+1 {{C2: positions are i32, not 'i64'}}
  %v, %p = heed.sort %x best <2> : tensor<8xf32, #heed.axes<8>> -> tensor<2xf32, #heed.axes<2>>, tensor<2xi64, #heed.axes<2>>
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @operands(%x: !x) {
  // expected-error @+1 {{C1: 0 region arguments, but 1 operands}}
  heed.kernel @k rows (%x) {
    heed.yield
  } : (!x) -> ()
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @holds(%x: !x) {
  // expected-error @+1 {{C2: a kernel may not hold 'heed.check'}}
  heed.kernel @k rows (%x) {
  ^bb0(%0: !x):
    heed.check #heed.size<T>, ""
    heed.yield
  } : (!x) -> ()
  return
}

// -----

!x = tensor<8xf32, #heed.axes<8>>
func.func @places(%x: !x) {
  // expected-error @+1 {{C3: 0 places for 1 results}}
  %y = heed.kernel @k rows (%x) {
  ^bb0(%0: !x):
    heed.yield %0 : !x
  } places [] : (!x) -> !x
  return
}
