'use client'

import { WentWrong, type WentWrongProps } from '@/components/shell/went-wrong'

export default function PortalError(props: WentWrongProps) {
  return <WentWrong {...props} inFrame />
}
