'use client'

import { WentWrong, type WentWrongProps } from '@/components/shell/went-wrong'

export default function RootError(props: WentWrongProps) {
  return <WentWrong {...props} />
}
