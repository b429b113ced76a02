import type { Device } from '../world/types'
import type { Kind } from './kind'

/** Devices, as far as the world knows them. Source: Microsoft Graph "device resource type". */
export const DEVICE: Kind<Device> = {
  name: 'device',
  set: 'devices',
  registryOf: (tenant) => tenant.devices,
  readers: ['Device.Read.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  basicReaders: [],
  basic: new Set(),
  defaults: ['id', 'accountEnabled', 'deviceId', 'displayName', 'operatingSystem', 'operatingSystemVersion'],
  properties: {
    id: (device) => device.id,
    accountEnabled: (device) => device.accountEnabled,
    deviceId: (device) => device.deviceId,
    displayName: (device) => device.displayName,
    operatingSystem: () => 'Windows',
    operatingSystemVersion: () => '10.0.26100',
  },
}
